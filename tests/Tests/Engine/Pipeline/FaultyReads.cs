using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>A log whose first reads fail.</summary>
internal sealed class FaultyReads(IEventLog log, int faults) : IEventLog
{
    private int _left = faults;

    public int PartitionCount => log.PartitionCount;

    public int PartitionOf(VisitorId visitor) => log.PartitionOf(visitor);

    public ValueTask AppendAsync(IReadOnlyList<CommerceEvent> events, CancellationToken ct) =>
        log.AppendAsync(events, ct);

    public async IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
        int partition, long fromOffset, int batchLimit,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (_left-- > 0) throw new IOException("The disk is away.");
        await foreach (var batch in log.ReadAsync(partition, fromOffset, batchLimit, ct))
            yield return batch;
    }

    public PartitionStatus GetStatus(int partition) => log.GetStatus(partition);

    public ValueTask CommitCheckpointAsync(
        string consumer, int partition, long nextOffset, CancellationToken ct) =>
        log.CommitCheckpointAsync(consumer, partition, nextOffset, ct);

    public ValueTask<IReadOnlyList<ConsumerCheckpoint>> GetCheckpointsAsync(CancellationToken ct) =>
        log.GetCheckpointsAsync(ct);

    public ValueTask DisposeAsync() => log.DisposeAsync();
}
