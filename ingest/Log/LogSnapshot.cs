using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Log;

/// <summary>An event and its place in the log.</summary>
/// <param name="Partition">The partition's number.</param>
/// <param name="Offset">Its number in the partition.</param>
/// <param name="Event">The event.</param>
public readonly record struct SnapshotEvent(int Partition, long Offset, CommerceEvent Event);

/// <summary>
/// What a log held at one moment, to be read without its lock and without a change, so also beside
/// the process that has the log open. It sees what was acknowledged and nothing else: sealed
/// segments whole, the active one up to its <see cref="DurableMark"/>.
/// </summary>
/// <remarks>
/// Segments that retention removes meanwhile are passed over, since what is gone could as well
/// have been gone before. After a power cut the mark may be a little old until the log was opened
/// again; the last events are not read then.
/// </remarks>
public sealed class LogSnapshot
{
    private readonly DiskDevice _device = new();
    private readonly List<Part> _parts = [];
    private readonly uint _seed;

    private LogSnapshot(string directory, LogManifest manifest)
    {
        _seed = manifest.Seed;
        for (var i = 0; i < manifest.PartitionCount; i++)
            AddParts(EmbeddedEventLog.PartitionDirectory(directory, i), i);
    }

    /// <summary>Bytes of all that there is to read.</summary>
    public long Bytes => _parts.Sum(part => part.Bytes);

    /// <summary>Notes how far the log reaches now.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no log.</exception>
    /// <exception cref="LogCorruptException"><c>log.json</c> is damaged.</exception>
    /// <exception cref="InvalidDataException">A later version has written it.</exception>
    public static LogSnapshot Of(string directory)
    {
        var manifest = LogManifest.Read(directory)
            ?? throw new DirectoryNotFoundException($"There is no log in {directory}.");
        return new LogSnapshot(directory, manifest);
    }

    /// <summary>
    /// Reads the events, partition by partition, each in its order; a visitor's are in one.
    /// </summary>
    /// <param name="read">Told of the bytes that are read so far, now and then; null: nobody asks.
    /// </param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="LogCorruptException">Acknowledged bytes are damaged or missing; names the
    /// place. What is in front of it was handed out.</exception>
    /// <exception cref="InvalidDataException">A later version has written an event.</exception>
    public IEnumerable<SnapshotEvent> Read(IProgress<long>? read, CancellationToken ct)
    {
        var before = 0L;
        var texts = new TextPool();
        foreach (var part in _parts)
        {
            if (OpenScanner(part) is { } scanner)
            {
                using (scanner)
                {
                    var offset = part.FirstOffset;
                    while (Next(scanner, part, offset, texts) is { } e)
                    {
                        if (offset % 4_096 == 0)
                        {
                            ct.ThrowIfCancellationRequested();
                            read?.Report(before + scanner.Position);
                        }
                        yield return new(part.Partition, offset++, e);
                    }
                }
            }
            before += part.Bytes;
            read?.Report(before);
        }
    }

    private void AddParts(string directory, int partition)
    {
        if (!Directory.Exists(directory))
            throw new LogCorruptException($"{directory}: the directory is missing.");
        // The mark first: the segments in front of the one that it names are sealed for good.
        var mark = ReadMark(directory);
        var firsts = SegmentHeader.FirstOffsets(_device.List(directory));
        for (var i = 0; i < firsts.Count && firsts[i] <= mark.Segment; i++)
        {
            var path = Path.Combine(directory, SegmentHeader.FileName(firsts[i]));
            var isActive = firsts[i] == mark.Segment;
            var end = i + 1 < firsts.Count && !isActive ? firsts[i + 1] : (long?)null;
            var bytes = isActive ? mark.Length : LengthOf(path);
            if (bytes > 0) _parts.Add(new(path, partition, firsts[i], end, bytes));
        }
    }

    private (long Segment, long Length) ReadMark(string directory)
    {
        var path = Path.Combine(directory, DurableMark.FileName);
        // Read beside its writer, who may be half-way through: then once more.
        for (var tries = 0; tries < 100; tries++)
        {
            using var file = _device.OpenRead(path);
            if (DurableMark.Read(file, _seed) is { } mark) return mark;
        }
        throw new LogCorruptException($"{path}: the note of what was acknowledged is damaged. " +
            "Start the service once, which writes it anew.");
    }

    private static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private SegmentScanner? OpenScanner(Part part)
    {
        ILogFile file;
        try
        {
            file = _device.OpenRead(part.Path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        if (SegmentHeader.Read(file, part.Partition, part.FirstOffset, _seed) is not null)
            return new SegmentScanner(file, _seed);
        file.Dispose();
        throw new LogCorruptException($"{part.Path}, byte 0, offset {part.FirstOffset}: the " +
            "header is not the one of this partition and log.");
    }

    // Null at the end.
    private static CommerceEvent? Next(
        SegmentScanner scanner, Part part, long offset, TextPool texts)
    {
        switch (scanner.Next(part.Bytes, offset, out _, out var payload))
        {
            case ScanResult.Record:
                try
                {
                    return EventCodec.Read(payload, texts);
                }
                catch (FormatException e)
                {
                    // The checksum is right, so these bytes were written: by a later version.
                    throw new InvalidDataException($"{part.Path}, offset {offset}: {e.Message}", e);
                }
            case ScanResult.End when part.EndOffset is null || part.EndOffset == offset:
                return null;
            case ScanResult.End:
                throw part.Damage(scanner.Position, offset, "the records end, but the next " +
                    $"segment starts at offset {part.EndOffset}");
            default:
                throw part.Damage(scanner.Position, offset, scanner.Problem);
        }
    }

    /// <summary>A segment, as far as it is read.</summary>
    /// <param name="Path">Its file.</param>
    /// <param name="Partition">Whose it is.</param>
    /// <param name="FirstOffset">Its first record's.</param>
    /// <param name="EndOffset">One past its last; null: where the bytes end.</param>
    /// <param name="Bytes">The bytes to read, header included.</param>
    private readonly record struct Part(
        string Path, int Partition, long FirstOffset, long? EndOffset, long Bytes)
    {
        public LogCorruptException Damage(long position, long offset, string problem) =>
            new($"{Path}, byte {position}, offset {offset}: {problem}.");
    }
}
