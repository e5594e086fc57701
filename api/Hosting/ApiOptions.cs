using System.ComponentModel.DataAnnotations;

namespace StreamCommerce.Api.Hosting;

/// <summary>Limits of the HTTP side. Configuration section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section, which the messages name.</summary>
    public const string Section = "Api";

    /// <summary>Bytes of a body where an endpoint allows no more: a full cart or order fits.
    /// </summary>
    public const int BodyBytesLimit = 64 * 1024;

    /// <summary>How long a request may take; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long <c>/v1/stats?wait=true</c> waits; default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan CatchUpTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long requests may take to finish once the service stops; default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Open connections; further ones are closed at once. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionLimit { get; set; } = 10_000;

    /// <summary>Subscribers of each live stream; further ones get 503. Default 100.</summary>
    [Range(1, 100_000)]
    public int SubscriberLimit { get; set; } = 100;

    /// <summary>Time between two snapshots of <c>/v1/live</c>; default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan LiveInterval { get; set; } = TimeSpan.FromSeconds(1);
}
