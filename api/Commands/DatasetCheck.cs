using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// What a first reading of a whole file finds, before anything is sent: its bad rows, and what
/// its events add up to.
/// </summary>
internal sealed class DatasetCheck
{
    /// <summary>Bad rows that are kept to be told; further ones are counted.</summary>
    public const int ToldLimit = 20;

    private readonly List<DatasetRow> _bad = [];

    private DatasetCheck(
        ReplayOptions options, long after, ProgressMeter meter, CancellationToken ct) =>
        Totals = DatasetTotals.Of(Events(options, after, meter, ct));

    /// <summary>The first bad rows.</summary>
    public IReadOnlyList<DatasetRow> Bad => _bad;

    /// <summary>All bad rows.</summary>
    public long BadCount { get; private set; }

    /// <summary>Good rows behind the position to go on from.</summary>
    public long EventsToSend { get; private set; }

    /// <summary>Sums of all good rows, except of revenue.</summary>
    public DatasetTotals Totals { get; }

    /// <summary>Reads the file to its end.</summary>
    /// <param name="options">The file.</param>
    /// <param name="after">The position to go on from.</param>
    /// <param name="meter">Counts the good rows.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="InvalidDataException">It is no file of the format.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DatasetCheck Of(
        ReplayOptions options, long after, ProgressMeter meter, CancellationToken ct) =>
        new(options, after, meter, ct);

    private IEnumerable<CommerceEvent> Events(
        ReplayOptions options, long after, ProgressMeter meter, CancellationToken ct)
    {
        foreach (var row in options.Format.Read(File.OpenRead(options.Dataset)))
        {
            ct.ThrowIfCancellationRequested();
            if (row.Event is { } e)
            {
                meter.Add(1);
                if (row.Position > after) EventsToSend++;
                yield return Unpriced(e);
                continue;
            }
            BadCount++;
            if (_bad.Count < ToldLimit) _bad.Add(row);
        }
    }

    // A file of events may hold several currencies, whose revenue has no one sum.
    private static CommerceEvent Unpriced(CommerceEvent e) =>
        e.Name is EventName.Purchase or EventName.Refund
            ? e with { Lines = Array.ConvertAll(e.Lines, line => line with { UnitPrice = null }) }
            : e;
}
