using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Log;

/// <summary>
/// The partitioned, durable, ordered log that every event passes first.
/// </summary>
/// <remarks>
/// The contract, which every adapter's tests check (its meaning is that of Azure Event Hubs):
/// <list type="bullet">
/// <item><b>Partitions.</b> An event belongs to the partition <see cref="PartitionOf"/> its
/// visitor. The count is fixed when a log is made.</item>
/// <item><b>Durable before acknowledged.</b> <see cref="AppendAsync"/> completes only when every
/// event of the batch would survive a power cut. It throws when any might not; some may then be
/// in the log, so the caller repeats the whole batch and readers discard by event id.</item>
/// <item><b>Durable before visible.</b> A reader never sees an event that could still be lost.
/// </item>
/// <item><b>Order.</b> Within a partition, events of one batch keep their order, and a batch
/// whose append was started after another's completed comes after it. Nothing is promised
/// between partitions.</item>
/// <item><b>Offsets</b> grow by one an event from 0 and are never given twice, also across
/// restarts, retention and failed appends.</item>
/// <item><b>At least once.</b> The log does not deduplicate.</item>
/// <item><b>Retention</b> removes the oldest events of a partition. A read below the first kept
/// offset throws <see cref="OffsetExpiredException"/>, never skips in silence, also when the
/// events are removed under a reader.</item>
/// <item><b>Checkpoints</b> are a consumer's own notes. The last one committed wins; it may be
/// lost in a power cut (an older one or none is then found), never torn.</item>
/// <item><b>Faults.</b> <see cref="LogAppendException"/>: not acknowledged, and why; the log
/// stays readable, and takes events again once the cause is gone. <see
/// cref="LogCorruptException"/>: stored bytes are not what was written; names the place; all in
/// front of it is read and nothing behind.</item>
/// <item><b>Closing</b> completes the appends that wait and ends every read with <see
/// cref="ObjectDisposedException"/>; later appends throw <see cref="LogAppendException"/>.</item>
/// </list>
/// All members are safe to call from any thread. A read is one consumer's; any number may run.
/// </remarks>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>Partitions of the log, 1 to 32, numbered from 0.</summary>
    int PartitionCount { get; }

    /// <summary>Where a visitor's events are, always the same; 0 to <see cref="PartitionCount"/>
    /// - 1. An adapter whose service hashes keys itself answers as the service does.</summary>
    int PartitionOf(VisitorId visitor) => StableHash.Partition(visitor, PartitionCount);

    /// <summary>Appends a batch and completes when all of it is durable.</summary>
    /// <param name="events">
    /// At most <see cref="EventRules.BatchCountLimit"/>, else
    /// <see cref="ArgumentOutOfRangeException"/>. Their validity is the caller's to check.
    /// </param>
    /// <param name="ct">Gives up waiting, not the append: the batch may become durable.</param>
    ValueTask AppendAsync(IReadOnlyList<CommerceEvent> events, CancellationToken ct);

    /// <summary>
    /// Reads a partition in order from <paramref name="fromOffset"/>, batch by batch, waits for
    /// more at the end, and ends only by cancellation or a fault. A batch is as long as what is
    /// there, at most <paramref name="batchLimit"/>, never empty; it belongs to the caller until
    /// the next one is asked for.
    /// </summary>
    /// <param name="partition">0 to <see cref="PartitionCount"/> - 1.</param>
    /// <param name="fromOffset">
    /// 0 to the partition's next offset. One above it is not of this log (or a bug), and throws
    /// <see cref="ArgumentOutOfRangeException"/> at once rather than wait for ever.
    /// </param>
    /// <param name="batchLimit">At least 1; an adapter may hand out fewer.</param>
    /// <param name="ct">Ends the read with <see cref="OperationCanceledException"/>.</param>
    IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
        int partition, long fromOffset, int batchLimit, CancellationToken ct);

    /// <summary>What a partition holds now: all that the caller has appended, and what others had
    /// a moment ago. Over a network it holds the caller's thread for one question.</summary>
    /// <exception cref="IOException">The log cannot be asked, and nothing is known.</exception>
    PartitionStatus GetStatus(int partition);

    /// <summary>As <see cref="GetStatus"/>; null where the log cannot be asked, and nothing is
    /// known.</summary>
    PartitionStatus? FindStatus(int partition) => GetStatus(partition);

    /// <summary>The offset behind all that was acknowledged here, and that others have appended up
    /// to now; asked anew.</summary>
    /// <exception cref="IOException">The log does not answer, or keeps acknowledged events
    /// elsewhere until the partition takes them: ask again later.</exception>
    ValueTask<long> AskEndAsync(int partition, CancellationToken ct) =>
        new(GetStatus(partition).NextOffset);

    /// <summary>
    /// Notes that a consumer has handled all below <paramref name="nextOffset"/>.
    /// </summary>
    /// <param name="consumer">
    /// 1 to <see cref="ConsumerCheckpoint.ConsumerLengthLimit"/> ASCII letters, digits, '-', '_'
    /// and '.', else <see cref="ArgumentException"/>.
    /// </param>
    /// <param name="partition">0 to <see cref="PartitionCount"/> - 1.</param>
    /// <param name="nextOffset">Where it goes on; lower than before to repeat.</param>
    /// <param name="ct">Gives up.</param>
    ValueTask CommitCheckpointAsync(
        string consumer, int partition, long nextOffset, CancellationToken ct);

    /// <summary>Every consumer's notes, by consumer and partition.</summary>
    ValueTask<IReadOnlyList<ConsumerCheckpoint>> GetCheckpointsAsync(CancellationToken ct);
}

/// <summary>An event at its place in a partition.</summary>
/// <param name="Offset">Its number in the partition, from 0.</param>
/// <param name="LoggedAt">When the log took it, by the log's clock.</param>
/// <param name="Event">The event.</param>
/// <param name="Problem">Why the stored bytes are no event, where others may write to the log too;
/// <paramref name="Event"/> then only stands in its place, and a reader sets it aside and goes on.
/// Else null.</param>
public readonly record struct LoggedEvent(
    long Offset, DateTimeOffset LoggedAt, CommerceEvent Event, string? Problem = null);

/// <summary>What a partition holds.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="FirstOffset">The oldest kept event's offset; equals Next where it is empty.</param>
/// <param name="NextOffset">The offset that the next event gets; all below are durable.</param>
/// <param name="Bytes">Stored bytes; 0 where the log stores no bytes.</param>
public readonly record struct PartitionStatus(
    int Partition, long FirstOffset, long NextOffset, long Bytes);

/// <summary>A consumer's note: all below <paramref name="NextOffset"/> is handled.</summary>
public readonly record struct ConsumerCheckpoint(
    string Consumer, int Partition, long NextOffset)
{
    /// <summary>Characters of a consumer's name: it becomes a file name.</summary>
    public const int ConsumerLengthLimit = 64;

    /// <exception cref="ArgumentException">The text is no name for a consumer.</exception>
    public static void CheckConsumer(string consumer)
    {
        var isName = consumer.Length is > 0 and <= ConsumerLengthLimit
            && consumer.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (isName) return;
        throw new ArgumentException($"'{consumer}' is no consumer name: it needs 1 to " +
            $"{ConsumerLengthLimit} ASCII letters, digits, '-', '_' and '.'.", nameof(consumer));
    }
}

/// <summary>
/// A batch was not acknowledged: the disk is full, a write failed, or the log is shut.
/// </summary>
public sealed class LogAppendException(string message, Exception? inner = null)
    : IOException(message, inner);

/// <summary>
/// Stored bytes are not what was written. The message names file, byte and offset.
/// </summary>
public sealed class LogCorruptException(string message) : IOException(message);

/// <summary>The events from the asked offset on have been removed by retention.</summary>
public sealed class OffsetExpiredException(int partition, long asked, long first) : IOException(
    $"Partition {partition} starts at offset {first}; {asked} has been removed by retention.")
{
    /// <summary>The first offset that can be read.</summary>
    public long FirstOffset { get; } = first;
}
