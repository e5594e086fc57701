namespace StreamCommerce.Ingest.Log;

/// <summary>
/// A partition's segment files: commits groups of appends, begins segments, applies retention.
/// </summary>
/// <remarks>
/// A group commit is: write, flush, note the mark, show it to readers; the caller then
/// acknowledges. So what is acknowledged is durable and what is visible is too, and any number of
/// appends share one flush. When the write fails, the file is cut back to what is durable and the
/// partition goes on. When the flush fails, nobody knows what is on the disk (the system drops
/// the failed pages and a second flush succeeds without them), so the partition refuses appends
/// until it is opened again. <see cref="Commit"/> and <see cref="Dispose"/> are for one thread,
/// the partition's writer; the rest is safe from any.
/// </remarks>
internal sealed class PartitionStore : IDisposable
{
    private readonly ILogDevice _device;
    private readonly string _directory;
    private readonly int _partition;
    private readonly uint _seed;
    private readonly EmbeddedLogOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _retention = new();
    private readonly Queue<Segment> _expired = new();
    private readonly DurableMark _mark;
    private ILogFile _active;
    private long _activeFirst;
    private long _length;
    private long _nextOffset;
    private long _lastLoggedAt;
    private string? _fault;

    public PartitionStore(
        ILogDevice device, string directory, int partition, uint seed,
        EmbeddedLogOptions options, TimeProvider time)
    {
        (_device, _directory, _partition) = (device, directory, partition);
        (_seed, _options, _time) = (seed, options, time);
        var recovery = PartitionRecovery.Run(device, directory, partition, seed);
        TornBytes = recovery.TornBytes;
        Segments = new SegmentList(partition, recovery.Segments);
        var active = recovery.Segments[^1];
        (_activeFirst, _length) = (active.FirstOffset, active.Bytes);
        (_nextOffset, _lastLoggedAt) = (active.EndOffset, active.LastLoggedAtTicks);
        _active = device.Open(PathOf(active.FirstOffset));
        _mark = new DurableMark(device.Open(Path.Combine(directory, DurableMark.FileName)), seed);
        NoteMark();
        device.SyncDirectory(directory);
    }

    public SegmentList Segments { get; }

    /// <summary>Bytes of never acknowledged appends that were cut off when it was opened.</summary>
    public long TornBytes { get; }

    /// <summary>Makes the group durable and visible; all of it or, when it throws, none.</summary>
    /// <exception cref="LogAppendException">It is not acknowledged, and why.</exception>
    public void Commit(IReadOnlyList<AppendChunk> group)
    {
        if (_fault is not null) throw Refused();
        var bytes = group.Sum(chunk => (long)chunk.Written.Length);
        if (_length > SegmentHeader.Bytes && _length + bytes > _options.SegmentBytes) Roll();

        var loggedAt = Math.Max(_time.GetUtcNow().UtcTicks, _lastLoggedAt);
        var end = Stamp(group, loggedAt);
        Save(group, bytes);
        _length += bytes;
        _nextOffset = end;
        _lastLoggedAt = loggedAt;
        NoteMark();
        Segments.Extend(end, _length, loggedAt);
    }

    /// <summary>Takes no more appends: for a fault that this class does not know.</summary>
    public void Refuse(string fault) => _fault ??= fault;

    /// <summary>Removes the segments that are too old or too many; never the active one.</summary>
    /// <exception cref="IOException">
    /// A file could not be deleted; the next call tries again.
    /// </exception>
    public void ApplyRetention()
    {
        lock (_retention)
        {
            var keepFrom = _options.RetentionTime is { } time
                ? (_time.GetUtcNow() - time).UtcTicks : long.MinValue;
            foreach (var segment in Segments.RemoveOldest(
                keepFrom, _options.RetentionBytes ?? long.MaxValue))
            {
                _expired.Enqueue(segment);
            }
            // Oldest first and each one durably: a crash must not leave a gap between segments.
            for (; _expired.TryPeek(out var oldest); _expired.Dequeue())
            {
                _device.Delete(PathOf(oldest.FirstOffset));
                _device.SyncDirectory(_directory);
            }
        }
    }

    /// <summary>Opens a segment to read; the caller disposes of it.</summary>
    /// <exception cref="FileNotFoundException">
    /// Retention has removed it, or somebody else.
    /// </exception>
    public SegmentScanner OpenScanner(Segment segment)
    {
        var file = _device.OpenRead(PathOf(segment.FirstOffset));
        try
        {
            if (SegmentHeader.Read(file, _partition, segment.FirstOffset, _seed) is null)
            {
                throw Corrupt(segment.FirstOffset, 0, segment.FirstOffset,
                    "the header is not the one of this partition and log");
            }
            return new SegmentScanner(file, _seed);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public LogCorruptException Corrupt(
        long firstOffset, long position, long offset, string problem) =>
        new($"{PathOf(firstOffset)}, byte {position}, offset {offset}: {problem}.");

    public void Dispose()
    {
        Segments.Close();
        try
        {
            _mark.Flush();
        }
        catch (Exception e) when (IsFaultOfTheWorld(e))
        {
            // The mark only promises: an older one on the disk is right too.
        }
        _active.Dispose();
        _mark.Dispose();
    }

    private long Stamp(IReadOnlyList<AppendChunk> group, long loggedAt)
    {
        var offset = _nextOffset;
        foreach (var chunk in group)
        {
            for (var rest = chunk.Written.Span; rest.Length > 0; offset++)
            {
                var length = (int)LogRecord.LengthOf(rest);
                LogRecord.Stamp(
                    rest[..length], offset, loggedAt, startsGroup: offset == _nextOffset, _seed);
                rest = rest[length..];
            }
        }
        return offset;
    }

    private void Save(IReadOnlyList<AppendChunk> group, long bytes)
    {
        var parts = new ReadOnlyMemory<byte>[group.Count];
        for (var i = 0; i < parts.Length; i++) parts[i] = group[i].Written;
        var flushing = false;
        try
        {
            _active.Write(parts, _length);
            flushing = true;
            _active.Flush();
        }
        catch (Exception e) when (IsFaultOfTheWorld(e))
        {
            if (flushing) _fault = $"a flush failed ({e.Message})";
            CutBack();
            throw new LogAppendException($"Partition {_partition}: {PathOf(_activeFirst)} took " +
                $"no {bytes} bytes more ({e.Message}). Nothing of them is acknowledged; what " +
                "was logged before can be read.", e);
        }
    }

    private void NoteMark()
    {
        try
        {
            _mark.Note(_activeFirst, _length);
        }
        catch (Exception e) when (IsFaultOfTheWorld(e))
        {
            // The events are durable, and an older mark or none promises nothing wrong. To cut
            // them off instead could leave a mark that promises more than there is.
        }
    }

    private void CutBack()
    {
        try
        {
            // Flushed, so that no bytes of the failed group come back behind a later one.
            _active.Truncate(_length);
            _active.Flush();
        }
        catch (Exception e) when (IsFaultOfTheWorld(e))
        {
            _fault ??= $"a failed write could not be cut off ({e.Message})";
        }
    }

    private void Roll()
    {
        ILogFile next;
        try
        {
            next = PartitionRecovery.CreateSegment(_device, _directory,
                new SegmentHeader(_partition, _nextOffset, _lastLoggedAt), _seed);
        }
        catch (Exception e) when (IsFaultOfTheWorld(e))
        {
            DropUnfinished();
            throw new LogAppendException($"Partition {_partition}: {PathOf(_nextOffset)} could " +
                $"not be made ({e.Message}). What was logged before can be read.", e);
        }
        _active.Dispose();
        (_active, _activeFirst, _length) = (next, _nextOffset, SegmentHeader.Bytes);
        Segments.Add(new Segment(_nextOffset, _nextOffset, _length, _lastLoggedAt));
        try
        {
            ApplyRetention();
        }
        catch (Exception e) when (IsFaultOfTheWorld(e))
        {
            // An old file that stays a while longer is no reason to refuse an append; the next
            // call tries again.
        }
    }

    // Left behind, it would be taken for the active segment although the one before it went on.
    private void DropUnfinished()
    {
        try
        {
            if (_device.List(_directory).Contains(SegmentHeader.FileName(_nextOffset)))
                _device.Delete(PathOf(_nextOffset));
            _device.SyncDirectory(_directory);
        }
        catch (Exception e) when (IsFaultOfTheWorld(e))
        {
            _fault ??= $"an unfinished segment could not be removed ({e.Message})";
        }
    }

    private LogAppendException Refused() => new(
        $"Partition {_partition} takes no appends until the log is opened again: {_fault}.");

    private string PathOf(long firstOffset) =>
        Path.Combine(_directory, SegmentHeader.FileName(firstOffset));

    private static bool IsFaultOfTheWorld(Exception e) =>
        e is IOException or UnauthorizedAccessException;
}
