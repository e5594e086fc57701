namespace StreamCommerce.Ingest.Log;

/// <summary>
/// Where and how the embedded log keeps its events. Checked when the log is opened.
/// </summary>
public sealed class EmbeddedLogOptions
{
    /// <summary>The configuration section, which the messages name.</summary>
    public const string Section = "Log";

    /// <summary>The log's own directory; made where it is missing.</summary>
    public string Directory { get; set; } = Path.Combine("data", "log");

    /// <summary>1 to 32; fixed once the log is made. Each is read by one ordered reader.</summary>
    public int PartitionCount { get; set; } = 4;

    /// <summary>
    /// Bytes of a segment file, 4 KiB to 1 GiB; a group commit more where that is larger. Recovery
    /// reads one segment a partition, and retention removes whole ones.
    /// </summary>
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>Segments whose last event is older are removed; null keeps all.</summary>
    public TimeSpan? RetentionTime { get; set; }

    /// <summary>Bytes of a partition above which its oldest segments go; null keeps all.</summary>
    public long? RetentionBytes { get; set; }

    /// <summary>
    /// Bytes of appends that wait for a partition's writer, 64 KiB to 1 GiB; an append that finds
    /// more waits. A second of events at full speed, so that a slow flush is not felt.
    /// </summary>
    public long QueueBytes { get; set; } = 16L << 20;

    /// <summary>Appends that wait for a partition's writer, 1 to 1,000,000.</summary>
    public int QueueCount { get; set; } = 4_096;

    /// <exception cref="ArgumentException">
    /// An option is out of its range; the text names it.
    /// </exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Directory))
            throw new ArgumentException($"{Section}:{nameof(Directory)} is empty; name one.");
        Check(nameof(PartitionCount), PartitionCount, 1, 32);
        Check(nameof(SegmentBytes), SegmentBytes, 4L << 10, 1L << 30);
        Check(nameof(QueueBytes), QueueBytes, 64L << 10, 1L << 30);
        Check(nameof(QueueCount), QueueCount, 1, 1_000_000);
        if (RetentionBytes is { } bytes) Check(nameof(RetentionBytes), bytes, 0, long.MaxValue);
        if (RetentionTime is { } time && (time <= TimeSpan.Zero || time.TotalDays > 36_500))
        {
            throw new ArgumentException($"{Section}:{nameof(RetentionTime)} is {time}; it must " +
                "be above zero and at most 36500 days, or absent to keep all.");
        }
    }

    private static void Check(string key, long number, long least, long most)
    {
        if (number >= least && number <= most) return;
        throw new ArgumentException(
            $"{Section}:{key} is {number}; it must be {least} to {most}.");
    }
}
