using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>An event on its way through a partition's graph, seen for the first time.</summary>
/// <param name="Event">The event.</param>
/// <param name="Visitor">Its visitor's number in the partition.</param>
/// <param name="Products">The number of each line's product, in the lines' order; -1 where the
/// product index is full. Valid only during the call.</param>
/// <param name="IsLate">Whether it lies behind its source's watermark by more than the allowed
/// lateness: windows that may be closed leave it out; sums take it.</param>
/// <param name="IsNewVisitor">Whether the visitor was not known before; true again for one that
/// had been forgotten.</param>
public readonly record struct StreamEvent(
    CommerceEvent Event,
    int Visitor,
    ReadOnlyMemory<int> Products,
    bool IsLate,
    bool IsNewVisitor)
{
    public long Ticks => Event.Time.UtcTicks;

    /// <summary>The hash of the storefront's name of its session, never 0; 0 where it has none.
    /// </summary>
    public ulong Session { get; init; }
}
