using System.Runtime.CompilerServices;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Log;

/// <summary>
/// The port's reference: the whole contract but durability, in a few lines. For tests, and for
/// tools that need a log for one run. Any thread.
/// </summary>
public sealed class MemoryEventLog : IEventLog
{
    private readonly Partition[] _partitions;
    private readonly TimeProvider _time;
    private readonly int? _retentionCount;
    private readonly TimeSpan? _retentionTime;
    private readonly SortedDictionary<(string Consumer, int Partition), long> _checkpoints = [];
    private volatile bool _closed;

    /// <param name="partitionCount">1 to 32.</param>
    /// <param name="time">The log's clock.</param>
    /// <param name="retentionCount">Events of a partition that are kept; null keeps all.</param>
    /// <param name="retentionTime">How long an event is kept; null keeps all.</param>
    public MemoryEventLog(
        int partitionCount, TimeProvider time,
        int? retentionCount = null, TimeSpan? retentionTime = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitionCount, 32);
        _partitions = [.. Enumerable.Range(0, partitionCount).Select(i => new Partition(i))];
        (_time, _retentionCount, _retentionTime) = (time, retentionCount, retentionTime);
    }

    public int PartitionCount => _partitions.Length;

    public ValueTask AppendAsync(IReadOnlyList<CommerceEvent> events, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(events.Count, EventRules.BatchCountLimit);
        ct.ThrowIfCancellationRequested();
        if (_closed) throw new LogAppendException("The log is shut.");
        var now = _time.GetUtcNow();
        foreach (var group in events.GroupBy(e => StableHash.Partition(e.Visitor, PartitionCount)))
            _partitions[group.Key].Append(group, now);
        if (_retentionCount is not null) ApplyRetention();
        return ValueTask.CompletedTask;
    }

    public IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
        int partition, long fromOffset, int batchLimit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchLimit, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(fromOffset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            fromOffset, GetStatus(partition).NextOffset);
        return ReadAsync(_partitions[partition], fromOffset, batchLimit, ct);
    }

    public PartitionStatus GetStatus(int partition)
    {
        CheckPartition(partition);
        return _partitions[partition].Status;
    }

    public ValueTask CommitCheckpointAsync(
        string consumer, int partition, long nextOffset, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ConsumerCheckpoint.CheckConsumer(consumer);
        CheckPartition(partition);
        ArgumentOutOfRangeException.ThrowIfNegative(nextOffset);
        lock (_checkpoints) _checkpoints[(consumer, partition)] = nextOffset;
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<ConsumerCheckpoint>> GetCheckpointsAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_checkpoints)
        {
            return ValueTask.FromResult<IReadOnlyList<ConsumerCheckpoint>>(
                [.. _checkpoints.Select(note =>
                    new ConsumerCheckpoint(note.Key.Consumer, note.Key.Partition, note.Value))]);
        }
    }

    /// <summary>Removes what is older or more than is kept.</summary>
    public void ApplyRetention()
    {
        var keepFrom = _retentionTime is { } time
            ? _time.GetUtcNow() - time : DateTimeOffset.MinValue;
        foreach (var partition in _partitions)
            partition.RemoveOldest(keepFrom, _retentionCount ?? int.MaxValue);
    }

    public ValueTask DisposeAsync()
    {
        _closed = true;
        foreach (var partition in _partitions) partition.Wake();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> ReadAsync(
        Partition partition, long next, int batchLimit,
        [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_closed, this);
            var (batch, more) = partition.Read(next, batchLimit);
            if (batch.Length == 0)
            {
                await more.WaitAsync(ct);
                continue;
            }
            next += batch.Length;
            yield return batch;
        }
    }

    private void CheckPartition(int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, _partitions.Length);
    }

    private sealed class Partition(int number)
    {
        private readonly Lock _gate = new();
        private readonly AppendSignal _appended = new();
        private readonly List<LoggedEvent> _events = [];
        private long _first;
        private DateTimeOffset _lastLoggedAt;

        public PartitionStatus Status
        {
            get
            {
                lock (_gate)
                    return new PartitionStatus(number, _first, _first + _events.Count, Bytes: 0);
            }
        }

        public void Append(IEnumerable<CommerceEvent> events, DateTimeOffset now)
        {
            lock (_gate)
            {
                // The clock may be set back, the log's order may not.
                if (now > _lastLoggedAt) _lastLoggedAt = now;
                foreach (var e in events)
                    _events.Add(new LoggedEvent(_first + _events.Count, _lastLoggedAt, e));
                _appended.Pulse();
            }
        }

        public (LoggedEvent[] Batch, Task More) Read(long from, int limit)
        {
            lock (_gate)
            {
                if (from < _first) throw new OffsetExpiredException(number, from, _first);
                var at = (int)(from - _first);
                var count = Math.Min(limit, _events.Count - at);
                return count > 0
                    ? ([.. _events.GetRange(at, count)], Task.CompletedTask)
                    : ([], _appended.Next());
            }
        }

        public void RemoveOldest(DateTimeOffset keepFrom, int countLimit)
        {
            lock (_gate)
            {
                var count = Math.Max(0, _events.Count - countLimit);
                while (count < _events.Count && _events[count].LoggedAt < keepFrom) count++;
                _events.RemoveRange(0, count);
                _first += count;
            }
        }

        public void Wake()
        {
            lock (_gate) _appended.Pulse();
        }
    }
}
