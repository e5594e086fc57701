using System.Diagnostics.CodeAnalysis;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>A dataset's file format, and how it becomes events.</summary>
public sealed class DatasetFormat
{
    /// <summary>
    /// Rows of a file that is not in the order of time and so is read whole and sorted before its
    /// first event: 2^23 rows of at most 48 bytes stay inside a gigabyte, also while the list
    /// grows (762 MB measured for YooChoose). RetailRocket whole (2.8 million rows) fits.
    /// </summary>
    public const int SortedRowLimit = 1 << 23;

    private readonly Func<Stream, IEnumerable<DatasetRow>> _read;

    private DatasetFormat(
        string name, string summary, Func<Stream, IEnumerable<DatasetRow>> read)
    {
        Name = name;
        Summary = summary;
        _read = read;
    }

    /// <summary>Every format; a new one is one line here.</summary>
    public static IReadOnlyList<DatasetFormat> All { get; } =
    [
        new("online-retail", "UCI Online Retail: invoices and cancellations, CSV",
            OnlineRetailReader.Read),
        new("yoochoose", "YooChoose clicks: SessionId ItemId Time, TSV", YooChooseReader.Read),
        new("multi-category", "REES46 multi-category store log, CSV", MultiCategoryReader.Read),
        new("retailrocket", "RetailRocket events.csv", RetailRocketReader.Read),
        new("events", "this system's own events, a CloudEvent a line", EventLinesReader.Read),
    ];

    /// <summary>What it is called on a command line.</summary>
    public string Name { get; }

    /// <summary>What it is, for a list of formats.</summary>
    public string Summary { get; }

    /// <summary>False where no format has the name; names are lower case.</summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out DatasetFormat? format)
    {
        format = All.FirstOrDefault(f => f.Name == name);
        return format is not null;
    }

    /// <summary>
    /// Reads a file row by row as the caller asks for more, on the caller's thread. The same file
    /// always gives the same sequence, with the same event ids; every event keeps
    /// <see cref="Events.EventRules"/>. Memory is bounded, see the readers.
    /// </summary>
    /// <param name="input">
    /// The file, plain or gzip (told by its first bytes); closed when the sequence ends.
    /// </param>
    /// <param name="after">Leaves out all up to this <see cref="DatasetRow.Position"/>.</param>
    /// <exception cref="InvalidDataException">
    /// It is no file of this format, is cut short, or is longer than the reader's limit. A single
    /// bad row is no exception but a <see cref="DatasetRow"/> with its problem.
    /// </exception>
    public IEnumerable<DatasetRow> Read(Stream input, long after = 0)
    {
        var position = 0L;
        foreach (var row in _read(DatasetStream.Open(input)))
        {
            if (++position > after) yield return row with { Position = position };
        }
    }

    public override string ToString() => Name;
}
