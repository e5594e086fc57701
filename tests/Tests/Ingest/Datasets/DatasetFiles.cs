using System.IO.Compression;
using System.Text;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

/// <summary>Where the tests find datasets, and how they read them.</summary>
internal static class DatasetFiles
{
    public static string Sample => Path.Combine(
        Root, "ingest", "Datasets", "Samples", "online-retail-sample.csv.gz");

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "StreamCommerce.sln")))
                folder = folder.Parent!;
            return folder.FullName;
        }
    }

    /// <summary>
    /// A file of the data folder beside the repository; skips the test where it is missing, as
    /// most datasets' licences keep them out of the repository.
    /// </summary>
    public static string Shared(string path)
    {
        var file = FindShared(path);
        Assert.SkipUnless(file is not null, $"The dataset ../shared/data/{path} is not here.");
        return file!;
    }

    /// <summary>A dataset that does not come with the repository; null where it is not here.
    /// </summary>
    public static string? FindShared(string path)
    {
        var file = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", path));
        return File.Exists(file) ? file : null;
    }

    public static IEnumerable<DatasetRow> Read(string format, Stream input, long after = 0)
    {
        Assert.True(DatasetFormat.TryParse(format, out var found));
        return found.Read(input, after);
    }

    public static List<DatasetRow> ReadText(string format, string text) =>
        [.. Read(format, new MemoryStream(Encoding.UTF8.GetBytes(text)))];

    public static IEnumerable<CommerceEvent> Events(this IEnumerable<DatasetRow> rows) =>
        rows.Where(row => row.Event is not null).Select(row => row.Event!);

    public static (long Line, string Problem)[] Bad(this IEnumerable<DatasetRow> rows) =>
        [.. rows.Where(row => row.Event is null).Select(row => (row.Line, row.Problem!))];

    /// <summary>A gzip file's lines behind its header, read without the product's code.</summary>
    public static IEnumerable<string> RawLines(string file)
    {
        using var reader = new StreamReader(
            new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line) yield return line;
    }

    /// <summary>Checks what every sequence of events keeps, and gives the events.</summary>
    public static List<CommerceEvent> CheckedEvents(this IEnumerable<DatasetRow> rows)
    {
        var events = new List<CommerceEvent>();
        var ids = new HashSet<EventId>();
        foreach (var e in rows.Events())
        {
            Assert.Null(EventRules.Check(e, e.Time, retention: null));
            Assert.True(ids.Add(e.Id), $"The id {e.Id} occurs twice.");
            if (events.Count > 0 && e.Time < events[^1].Time)
                Assert.Fail($"{e.Id} is earlier than the event before it.");
            events.Add(e);
        }
        return events;
    }
}
