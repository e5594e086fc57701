namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Whether a consumer goes on. Each partition that it owns completes a batch every few seconds, if
/// an empty one, and the ownerships are listed in every round of balancing: what has not happened
/// for a while stands still, whatever the reason. Any thread.
/// </summary>
/// <param name="patience">What stands still for less is nobody's matter.</param>
/// <param name="time">For intervals.</param>
internal sealed class ConsumerHealth(TimeSpan patience, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _workedAt = [];
    private Exception? _last;
    private long? _balancedAt;

    /// <summary>Why it stands still; null while it goes on, or was not started.</summary>
    public IOException? Fault
    {
        get
        {
            lock (_gate)
            {
                if (_balancedAt is not { } balanced) return null;
                if (IsLong(balanced)) return Stands("ownership of partitions is not balanced");
                var (partition, _) = _workedAt.FirstOrDefault(one => IsLong(one.Value));
                return partition is null
                    ? null : Stands($"partition {partition} is not handled");
            }
        }
    }

    /// <summary>The consumer was started, perhaps again since that failed.</summary>
    public void Started()
    {
        lock (_gate) _balancedAt ??= time.GetTimestamp();
    }

    /// <summary>The ownerships were listed.</summary>
    /// <param name="own">The partitions that the consumer owns.</param>
    public void Listed(IReadOnlySet<string> own)
    {
        lock (_gate)
        {
            _balancedAt = time.GetTimestamp();
            foreach (var lost in _workedAt.Keys.Where(one => !own.Contains(one)).ToArray())
                _workedAt.Remove(lost);
        }
    }

    /// <summary>A partition was taken. One that fails is taken again and again: only the first
    /// time counts.</summary>
    public void Taken(string partition)
    {
        lock (_gate) _workedAt.TryAdd(partition, time.GetTimestamp());
    }

    /// <summary>A batch of a partition was completed.</summary>
    public void Worked(string partition)
    {
        lock (_gate) _workedAt[partition] = time.GetTimestamp();
    }

    /// <summary>Something failed, and is tried again.</summary>
    public void Failed(Exception fault)
    {
        lock (_gate) _last = fault;
    }

    private bool IsLong(long since) => time.GetElapsedTime(since) >= patience;

    private IOException Stands(string what) => new(
        $"For {patience.TotalSeconds:0} s or longer {what}" +
            (_last is null ? "." : $": {_last.Message}"), _last);
}
