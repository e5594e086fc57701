using System.ComponentModel.DataAnnotations;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>Options of the engine. Configuration section <c>Engine</c>.</summary>
public sealed class EngineOptions
{
    /// <summary>Folder of the projections' state and the dead letters; required.</summary>
    [Required]
    public string Directory { get; set; } = "data/engine";

    /// <summary>The file of the visitors that were forgotten. Beside the log rather than in the
    /// folder, which may be removed to build the state anew; null: in the folder.</summary>
    public string? ForgottenFile { get; set; }

    /// <summary>Events that a partition handles between two looks at whether a checkpoint is due;
    /// default 1,024. A query waits for them at most, except while a checkpoint copies what
    /// changed: that holds the same gate, the longer the more changed since the last one (see
    /// <see cref="CheckpointEvents"/>).</summary>
    [Range(1, 65_536)]
    public int BatchLimit { get; set; } = 1_024;

    /// <summary>Events of a partition after which its state is saved; default 500,000, about a
    /// second of replay at start after a crash.</summary>
    [Range(1, 100_000_000)]
    public int CheckpointEvents { get; set; } = 500_000;

    /// <summary>Time after which changed state is saved; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Events that are recognized when they come again, over all partitions; default 8
    /// million, 16 to 43 bytes each. Divided by the partitions: surely recognized are each
    /// partition's last <c>DeduplicationEvents / partitions</c>, however uneven they are.
    /// </summary>
    [Range(1_000, 1_000_000_000)]
    public int DeduplicationEvents { get; set; } = 8_000_000;

    /// <summary>Visitors, over all partitions, whose sessions and profiles are kept; the longest
    /// silent are forgotten first. Default 1 million.</summary>
    [Range(100, 100_000_000)]
    public int VisitorLimit { get; set; } = 1_000_000;

    /// <summary>Sessions that have ended, over all partitions, in which recommendations look for
    /// those like the visitor's; default 500,000, about 300 bytes each.</summary>
    [Range(100, 100_000_000)]
    public int RecentSessionLimit { get; set; } = 500_000;

    /// <summary>Products that a partition tells apart; default 1 million.</summary>
    [Range(1, 10_000_000)]
    public int ProductLimit { get; set; } = 1_000_000;

    /// <summary>Dead letters, and as many late events, that a partition keeps on disk, each in a
    /// file of at most 256 MiB; further ones are only counted. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int DeadLetterLimit { get; set; } = 100_000;

    /// <summary>Event time: disorder, lateness.</summary>
    [Required]
    public EventTimeOptions EventTime { get; set; } = new();
}
