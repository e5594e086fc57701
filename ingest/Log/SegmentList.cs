namespace StreamCommerce.Ingest.Log;

/// <summary>A segment file as readers may see it.</summary>
/// <param name="FirstOffset">The offset of its first record.</param>
/// <param name="EndOffset">One past its last durable record.</param>
/// <param name="Bytes">Its durable length.</param>
/// <param name="LastLoggedAtTicks">When its last record was logged, UTC ticks.</param>
internal readonly record struct Segment(
    long FirstOffset, long EndOffset, long Bytes, long LastLoggedAtTicks);

/// <summary>
/// The kept segments of a partition, oldest first; the last is the active one. What is in here is
/// durable: the writer tells it of a group after the flush, and readers look only here. Any thread.
/// </summary>
internal sealed class SegmentList
{
    private readonly Lock _gate = new();
    private readonly AppendSignal _appended = new();
    private readonly List<Segment> _segments;
    private readonly int _partition;
    private long _bytes;
    private bool _closed;

    public SegmentList(int partition, IEnumerable<Segment> segments)
    {
        _partition = partition;
        _segments = [.. segments];
        _bytes = _segments.Sum(segment => segment.Bytes);
    }

    public PartitionStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new PartitionStatus(
                    _partition, _segments[0].FirstOffset, _segments[^1].EndOffset, _bytes);
            }
        }
    }

    /// <summary>The segment that holds an offset; the active one for the next offset.</summary>
    /// <exception cref="OffsetExpiredException">Retention has removed it.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public Segment Find(long offset)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(EmbeddedEventLog));
            var first = _segments[0].FirstOffset;
            if (offset < first) throw new OffsetExpiredException(_partition, offset, first);
            var low = 0;
            for (var high = _segments.Count - 1; low < high;)
            {
                var middle = (low + high + 1) / 2;
                if (_segments[middle].FirstOffset <= offset) low = middle;
                else high = middle - 1;
            }
            return _segments[low];
        }
    }

    /// <summary>
    /// Completes when there is a record at <paramref name="offset"/>, or at the end.
    /// </summary>
    public Task WaitForAsync(long offset)
    {
        lock (_gate)
        {
            return _closed || offset < _segments[^1].EndOffset
                ? Task.CompletedTask
                : _appended.Next();
        }
    }

    /// <summary>The active segment is now durable up to here.</summary>
    public void Extend(long endOffset, long bytes, long lastLoggedAtTicks)
    {
        lock (_gate)
        {
            var active = _segments[^1];
            _bytes += bytes - active.Bytes;
            _segments[^1] = new Segment(active.FirstOffset, endOffset, bytes, lastLoggedAtTicks);
            _appended.Pulse();
        }
    }

    /// <summary>A new active segment.</summary>
    public void Add(Segment segment)
    {
        lock (_gate)
        {
            _segments.Add(segment);
            _bytes += segment.Bytes;
        }
    }

    /// <summary>
    /// Takes the oldest sealed segments off the list, which are older than
    /// <paramref name="keepFromTicks"/> or above <paramref name="bytesLimit"/> in sum.
    /// </summary>
    public List<Segment> RemoveOldest(long keepFromTicks, long bytesLimit)
    {
        lock (_gate)
        {
            var count = 0;
            while (count < _segments.Count - 1
                && (_segments[count].LastLoggedAtTicks < keepFromTicks || _bytes > bytesLimit))
            {
                _bytes -= _segments[count].Bytes;
                count++;
            }
            var removed = _segments.GetRange(0, count);
            _segments.RemoveRange(0, count);
            return removed;
        }
    }

    /// <summary>Ends every read.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _appended.Pulse();
        }
    }
}
