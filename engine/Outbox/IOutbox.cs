using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Outbox;

/// <summary>An event that waits to be told.</summary>
/// <param name="Id">Its place, from 1, growing, never given twice.</param>
/// <param name="Event">What happened.</param>
public readonly record struct OutboxEntry(long Id, CommerceEvent Event);

/// <summary>Events of what the stores did, on their way to the log.</summary>
/// <remarks>
/// The contract, which every adapter's tests check: an entry is stored in the same transaction as
/// what it tells of; entries come in the order in which they were stored; an entry is there until
/// it is removed, across restarts; removing what is gone is no error. Whoever reads, appends and
/// removes may crash between: the same event then comes again, with the same id.
/// </remarks>
public interface IOutbox
{
    /// <summary>The oldest entries.</summary>
    ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(int limit, CancellationToken ct);

    /// <summary>Removes all entries up to <paramref name="id"/>, itself included.</summary>
    ValueTask RemoveThroughAsync(long id, CancellationToken ct);

    /// <summary>
    /// Completes when something may have been added since the last call, or at once where that
    /// has already happened. One waiter at a time.
    /// </summary>
    Task WaitForEntriesAsync(CancellationToken ct);
}
