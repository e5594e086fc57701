namespace StreamCommerce.Ingest.Log;

/// <summary>What a partition's directory holds after recovery.</summary>
/// <param name="Segments">At least one; the last is the active one.</param>
/// <param name="TornBytes">Bytes of a never acknowledged group that were cut off.</param>
internal sealed record PartitionRecovery(IReadOnlyList<Segment> Segments, long TornBytes)
{
    /// <summary>
    /// Brings a partition's directory into a state that can be written to: drops a segment whose
    /// making was interrupted, cuts a torn tail, makes the rest durable, since a killed process
    /// may have left records that never were.
    /// </summary>
    /// <exception cref="LogCorruptException">
    /// The active segment lacks something acknowledged. Sealed segments are checked when read.
    /// </exception>
    public static PartitionRecovery Run(
        ILogDevice device, string directory, int partition, uint seed)
    {
        var names = device.List(directory);
        var firsts = SegmentHeader.FirstOffsets(names);
        (long Segment, long Length) mark = (0, 0);
        if (names.Contains(DurableMark.FileName))
        {
            using var file = device.OpenRead(Path.Combine(directory, DurableMark.FileName));
            mark = DurableMark.Read(file, seed) ?? mark;
        }
        DropUnfinished(device, directory, partition, seed, firsts, mark);
        CheckAgainstMark(device, directory, firsts, mark);
        if (firsts.Count == 0)
        {
            CreateSegment(device, directory, new SegmentHeader(partition, 0, 0), seed).Dispose();
            firsts.Add(0);
        }

        var segments = ListSealed(device, directory, partition, seed, firsts);
        var active = firsts[^1];
        var path = Path.Combine(directory, SegmentHeader.FileName(active));
        var acknowledged = mark.Segment == active ? mark.Length : 0;
        var check = SegmentCheck.Run(device, path, (partition, active), acknowledged, seed);
        if (check.Damage is not null) throw new LogCorruptException(check.Damage);
        using (var file = device.Open(path))
        {
            // Also where nothing is unfinished: a cut whose flush failed may be in the cache only.
            file.Truncate(check.Bytes);
            WriteAgain(file, acknowledged, check.Bytes);
            file.Flush();
        }
        segments.Add(new Segment(active, check.EndOffset, check.Bytes, check.LastLoggedAtTicks));
        return new PartitionRecovery(segments, check.UnfinishedBytes);
    }

    /// <summary>
    /// Makes a durable segment without records, in place of any file of its name.
    /// </summary>
    public static ILogFile CreateSegment(
        ILogDevice device, string directory, SegmentHeader header, uint seed)
    {
        var file = device.Open(
            Path.Combine(directory, SegmentHeader.FileName(header.FirstOffset)));
        try
        {
            file.Truncate(0);
            file.Write([header.ToBytes(seed)], 0);
            file.Flush();
            device.SyncDirectory(directory);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Bytes whose flush failed, in a process that was killed then, are in the system's cache only,
    // and a flush would pass them over: they are made new.
    private static void WriteAgain(ILogFile file, long from, long to)
    {
        var buffer = new byte[(int)Math.Min(1 << 20, to - from)];
        for (var at = from; at < to; at += buffer.Length)
        {
            var read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - at)), at);
            file.Write([buffer.AsMemory(0, read)], at);
        }
    }

    // A header is durable before the first record follows: a last file with less has held nothing.
    private static void DropUnfinished(
        ILogDevice device, string directory, int partition, uint seed, List<long> firsts,
        (long Segment, long Length) mark)
    {
        if (firsts.Count == 0) return;
        var last = firsts[^1];
        var path = Path.Combine(directory, SegmentHeader.FileName(last));
        using (var file = device.OpenRead(path))
        {
            if (file.Length > SegmentHeader.Bytes
                || (mark.Segment == last && mark.Length > 0)
                || SegmentHeader.Read(file, partition, last, seed) is not null)
            {
                return;
            }
        }
        // The only segment that has no other before it is the first one of all.
        if (firsts.Count == 1 && last != 0) return;
        device.Delete(path);
        device.SyncDirectory(directory);
        firsts.RemoveAt(firsts.Count - 1);
    }

    private static void CheckAgainstMark(
        ILogDevice device, string directory, List<long> firsts, (long Segment, long Length) mark)
    {
        if (mark.Length == 0) return;
        var path = Path.Combine(directory, SegmentHeader.FileName(mark.Segment));
        if (firsts.Count == 0 || firsts[^1] < mark.Segment)
        {
            throw new LogCorruptException($"{path}, byte 0, offset {mark.Segment}: the file is " +
                $"missing, but was acknowledged up to byte {mark.Length}.");
        }
        if (!firsts.Contains(mark.Segment)) return;
        using var file = device.OpenRead(path);
        if (file.Length < mark.Length)
        {
            throw new LogCorruptException($"{path}, byte {file.Length}, offset above " +
                $"{mark.Segment}: the file ends, but was acknowledged up to byte {mark.Length}.");
        }
    }

    private static List<Segment> ListSealed(
        ILogDevice device, string directory, int partition, uint seed, List<long> firsts)
    {
        var segments = new List<Segment>(firsts.Count);
        for (var i = 0; i + 1 < firsts.Count; i++)
        {
            var path = Path.Combine(directory, SegmentHeader.FileName(firsts[i]));
            using var file = device.OpenRead(path);
            using var next = device.OpenRead(
                Path.Combine(directory, SegmentHeader.FileName(firsts[i + 1])));
            // Unknown where the next header is damaged: then never too old, and found when read.
            var lastLoggedAt = SegmentHeader.Read(next, partition, firsts[i + 1], seed)
                ?.FormerLoggedAtTicks ?? long.MaxValue;
            segments.Add(new Segment(firsts[i], firsts[i + 1], file.Length, lastLoggedAt));
        }
        return segments;
    }
}
