using System.Buffers;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Tests.Ingest.Log;

/// <summary>Events to put into a log, and ways to get them out again.</summary>
internal static class LogSamples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static CommerceEvent View(string visitor, int number, int padding = 0) => new()
    {
        Id = new EventId($"{visitor}-{number}"),
        Source = "/shop/web",
        Name = EventName.ViewItem,
        Time = Noon.AddSeconds(number),
        Visitor = new VisitorId(visitor),
        Channel = "web",
        Lines =
        [
            new EventLine(new Sku($"S{number % 7}"), 1, new Money(9.90m, Currency.Of("EUR"))),
        ],
        Parameters = padding == 0
            ? null : new Dictionary<string, string> { ["note"] = new('x', padding) },
    };

    public static CommerceEvent[] Views(string visitor, int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => View(visitor, i))];

    public static byte[] Encode(CommerceEvent e)
    {
        var buffer = new ArrayBufferWriter<byte>();
        EventCodec.Write(buffer, e);
        return buffer.WrittenSpan.ToArray();
    }

    public static string[] Ids(this IEnumerable<LoggedEvent> events) =>
        [.. events.Select(e => e.Event.Id.Value)];

    public static string[] Ids(this IEnumerable<CommerceEvent> events) =>
        [.. events.Select(e => e.Id.Value)];

    public static string[] Ids(this IEnumerable<SnapshotEvent> events) =>
        [.. events.Select(e => e.Event.Id.Value)];

    /// <summary>What a partition holds, from the first kept event to the newest.</summary>
    public static async Task<List<LoggedEvent>> ReadToEndAsync(
        this IEventLog log, int partition, int batchLimit = 100)
    {
        var status = log.GetStatus(partition);
        return status.NextOffset == status.FirstOffset
            ? []
            : await log.ReadAsync(partition, status.FirstOffset, batchLimit, default)
                .TakeUntilAsync(status.NextOffset);
    }

    public static async Task<List<LoggedEvent>> ReadAllToEndAsync(this IEventLog log)
    {
        var all = new List<LoggedEvent>();
        for (var i = 0; i < log.PartitionCount; i++) all.AddRange(await log.ReadToEndAsync(i));
        return all;
    }

    public static async Task<List<LoggedEvent>> TakeUntilAsync(
        this IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> batches, long nextOffset)
    {
        var taken = new List<LoggedEvent>();
        await foreach (var batch in batches)
        {
            taken.AddRange(batch.Span);
            if (taken[^1].Offset >= nextOffset - 1) break;
        }
        return taken;
    }
}

/// <summary>A directory that is gone afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("stream-commerce-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
