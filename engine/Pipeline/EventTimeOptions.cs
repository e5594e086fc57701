using System.ComponentModel.DataAnnotations;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>How late events are told. Configuration section <c>Engine:EventTime</c>.</summary>
public sealed class EventTimeOptions
{
    /// <summary>How far events of one source may come out of order before the watermark passes
    /// them; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Disorder { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long behind the watermark an event still changes sessions and funnels;
    /// default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan AllowedLateness { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Sources with a watermark of their own in each partition; default 256.</summary>
    [Range(1, 100_000)]
    public int SourceLimit { get; set; } = 256;
}
