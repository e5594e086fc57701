namespace StreamCommerce.Ingest.Log;

/// <summary>A partition as an inspection found it.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="FirstOffset">The oldest kept event's offset.</param>
/// <param name="NextOffset">The offset that the next event gets.</param>
/// <param name="Bytes">Stored bytes.</param>
/// <param name="SegmentCount">Files; null where the log does not say.</param>
/// <param name="UnfinishedBytes">
/// Bytes of a group that is not acknowledged: being written, or left by a crash.
/// </param>
/// <param name="Damage">Null, or the first damaged place and what is wrong there.</param>
public sealed record PartitionInspection(
    int Partition, long FirstOffset, long NextOffset, long Bytes, int? SegmentCount,
    long UnfinishedBytes, string? Damage);

/// <summary>How far a consumer is in a partition.</summary>
/// <param name="Consumer">Its name.</param>
/// <param name="Partition">The partition.</param>
/// <param name="NextOffset">What it handles next.</param>
/// <param name="Lag">Events that it has before it.</param>
public sealed record ConsumerInspection(
    string Consumer, int Partition, long NextOffset, long Lag);

/// <summary>What a log holds, for an operator's eyes.</summary>
public sealed record LogInspection(
    IReadOnlyList<PartitionInspection> Partitions, IReadOnlyList<ConsumerInspection> Consumers)
{
    /// <summary>Asks an open log; looks at no stored byte.</summary>
    public static async ValueTask<LogInspection> OfAsync(IEventLog log, CancellationToken ct)
    {
        var partitions = Enumerable.Range(0, log.PartitionCount)
            .Select(log.GetStatus)
            .Select(status => new PartitionInspection(
                status.Partition, status.FirstOffset, status.NextOffset, status.Bytes,
                SegmentCount: null, UnfinishedBytes: 0, Damage: null))
            .ToList();
        return Of(partitions, await log.GetCheckpointsAsync(ct));
    }

    /// <summary>
    /// Reads a log's files and checks every record, without the lock and without a change, so that
    /// it works beside the process that has the log open.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no log.</exception>
    /// <exception cref="LogCorruptException"><c>log.json</c> is damaged.</exception>
    public static LogInspection OfDirectory(string directory, CancellationToken ct)
    {
        var manifest = LogManifest.Read(directory)
            ?? throw new DirectoryNotFoundException($"There is no log in {directory}.");
        // Before the partitions, so that no consumer seems to be ahead of them.
        var checkpoints = new CheckpointFiles(CheckpointFiles.In(directory)).ReadAll();
        var device = new DiskDevice();
        var partitions = Enumerable.Range(0, manifest.PartitionCount)
            .Select(i => Inspect(
                device, EmbeddedEventLog.PartitionDirectory(directory, i), i, manifest.Seed, ct))
            .ToList();
        return Of(partitions, checkpoints);
    }

    private static LogInspection Of(
        List<PartitionInspection> partitions, IEnumerable<ConsumerCheckpoint> notes) =>
        new(partitions,
        [
            .. notes.Where(note => note.Partition < partitions.Count)
                .Select(note => new ConsumerInspection(note.Consumer, note.Partition,
                    note.NextOffset,
                    Math.Max(0, partitions[note.Partition].NextOffset - note.NextOffset))),
        ]);

    private static PartitionInspection Inspect(
        DiskDevice device, string directory, int partition, uint seed, CancellationToken ct)
    {
        if (!Directory.Exists(directory))
            return new(partition, 0, 0, 0, 0, 0, $"{directory}: the directory is missing.");
        var mark = ReadMark(device, directory, seed);
        var firsts = SegmentHeader.FirstOffsets(device.List(directory));
        var found = new PartitionInspection(partition, 0, 0, 0, 0, 0, null);
        for (var i = 0; i < firsts.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            long? end = i + 1 < firsts.Count ? firsts[i + 1] : null;
            var acknowledged = mark.Segment == firsts[i] ? mark.Length : 0;
            try
            {
                var path = Path.Combine(directory, SegmentHeader.FileName(firsts[i]));
                var check = SegmentCheck.Run(
                    device, path, (partition, firsts[i]), acknowledged, seed);
                found = Add(found, check, firsts[i], end, path);
            }
            catch (FileNotFoundException) when (end is not null)
            {
                // Retention has removed it since the directory was listed.
            }
        }
        return found;
    }

    private static PartitionInspection Add(
        PartitionInspection found, SegmentCheck check, long first, long? end, string path)
    {
        var damage = check.Damage;
        if (damage is null && end is { } sealedEnd && check.EndOffset < sealedEnd)
        {
            damage = $"{path}, byte {check.Bytes}, offset {check.EndOffset}: the records end, " +
                $"but the next segment starts at offset {sealedEnd}.";
        }
        return found with
        {
            FirstOffset = found.SegmentCount == 0 ? first : found.FirstOffset,
            NextOffset = check.EndOffset,
            Bytes = found.Bytes + check.Bytes + check.UnfinishedBytes,
            SegmentCount = found.SegmentCount + 1,
            UnfinishedBytes = found.UnfinishedBytes + (end is null ? check.UnfinishedBytes : 0),
            Damage = found.Damage ?? damage,
        };
    }

    private static (long Segment, long Length) ReadMark(
        DiskDevice device, string directory, uint seed)
    {
        try
        {
            using var file = device.OpenRead(Path.Combine(directory, DurableMark.FileName));
            return DurableMark.Read(file, seed) ?? default;
        }
        catch (FileNotFoundException)
        {
            return default;
        }
    }
}
