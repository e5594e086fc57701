namespace StreamCommerce.Ingest.Log;

/// <summary>How far a segment file is sound.</summary>
/// <param name="Bytes">The sound bytes, header included.</param>
/// <param name="EndOffset">One past the last sound record.</param>
/// <param name="LastLoggedAtTicks">
/// When that was logged; the former segment's where none is.
/// </param>
/// <param name="UnfinishedBytes">Bytes behind it of a group that was never acknowledged.</param>
/// <param name="Damage">Null, or what is wrong with acknowledged bytes, and where.</param>
internal readonly record struct SegmentCheck(
    long Bytes, long EndOffset, long LastLoggedAtTicks, long UnfinishedBytes, string? Damage)
{
    /// <summary>Checks every record. Changes nothing, so it may run beside a writer.</summary>
    /// <param name="device">Where the file is.</param>
    /// <param name="path">The segment file.</param>
    /// <param name="place">Its partition and first offset.</param>
    /// <param name="acknowledgedBytes">
    /// How long the file is at least, by the mark; 0: unknown.
    /// </param>
    /// <param name="seed">The log's seed.</param>
    /// <remarks>
    /// The first bad record is the end of a torn tail if neither the mark nor a later group says
    /// that it was durable once. Otherwise something acknowledged is damaged.
    /// </remarks>
    public static SegmentCheck Run(
        ILogDevice device, string path, (int Partition, long FirstOffset) place,
        long acknowledgedBytes, uint seed)
    {
        var file = device.OpenRead(path);
        using var scanner = new SegmentScanner(file, seed);
        var end = place.FirstOffset;
        if (SegmentHeader.Read(file, place.Partition, end, seed) is not { } header)
        {
            return new SegmentCheck(0, end, 0, 0, $"{path}, byte 0: the header is not the one of " +
                $"partition {place.Partition} from offset {end} of this log.");
        }
        var lastLoggedAt = header.FormerLoggedAtTicks;
        var length = file.Length;
        ScanResult result;
        while ((result = scanner.Next(length, end, out var head, out _)) == ScanResult.Record)
        {
            end++;
            lastLoggedAt = head.LoggedAtTicks;
        }
        var sound = scanner.Position;
        string? damage = null;
        if (sound < acknowledgedBytes)
        {
            var problem = result == ScanResult.Bad ? scanner.Problem : "the file ends";
            damage = $"{path}, byte {sound}, offset {end}: {problem}, but the file was " +
                $"acknowledged up to byte {acknowledgedBytes}.";
        }
        else if (result == ScanResult.Bad && FindGroup(file, sound, length, end, seed) is { } later)
        {
            damage = $"{path}, byte {sound}, offset {end}: {scanner.Problem}, but a later group " +
                $"at byte {later} proves that it was acknowledged.";
        }
        return new SegmentCheck(
            sound, end, lastLoggedAt, damage is null ? length - sound : 0, damage);
    }

    private static long? FindGroup(
        ILogFile file, long bad, long length, long endOffset, uint seed)
    {
        // A segment is at most 1 GiB and one group, so the rest of it fits into an array.
        var rest = new byte[length - bad - 1];
        var read = file.Read(rest, bad + 1);
        var at = LogRecord.FindGroupStart(rest.AsSpan(0, read), endOffset, seed);
        return at < 0 ? null : bad + 1 + at;
    }
}
