using System.ComponentModel.DataAnnotations;
using StreamCommerce.Ingest.EventHubs;

namespace StreamCommerce.Api.Profiles;

/// <summary>
/// How visitors' profiles are written and read where the log is a hub and the store an account:
/// the section <c>Profiles</c>. Elsewhere they are the engine's alone.
/// </summary>
public sealed class ProfileOptions
{
    public const string Section = "Profiles";

    /// <summary>The consumer group that writes them. No log may read by it.</summary>
    [Required(AllowEmptyStrings = false)]
    public string ConsumerGroup { get; set; } = "profiles";

    /// <summary>Events that are written together at most, 1 to 5,000: each visitor among them
    /// costs one read and one write.</summary>
    [Range(1, 5_000)]
    public int BatchLimit { get; set; } = 500;

    /// <summary>How long an answer waits for the profile of a visitor whom the engine knows nothing
    /// of, 1 ms to 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:05", ErrorMessage = "must be 1 ms to 5 s.")]
    public TimeSpan FindTimeout { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Begins anew at the first event that the hub took after this time; null: goes on.
    /// See <see cref="ReplayStart"/>.</summary>
    public DateTimeOffset? ReplayFrom { get; set; }

    /// <summary>Begins anew at this sequence number of each partition; null: goes on.</summary>
    [Range(0, long.MaxValue)]
    public long? ReplayAt { get; set; }

    /// <summary>Where the group begins anew; null: nowhere.</summary>
    internal ReplayStart? Replay => ReplayAt is { } number ? ReplayStart.At(number)
        : ReplayFrom is { } after ? ReplayStart.From(after) : null;

    /// <exception cref="ArgumentException">Options that are valid alone are not together; the text
    /// names them.</exception>
    internal void Check(EventHubsOptions? hub)
    {
        if (ReplayFrom is not null && ReplayAt is not null)
        {
            throw new ArgumentException($"{Section}:{nameof(ReplayFrom)} and " +
                $"{Section}:{nameof(ReplayAt)} are alternatives: set one of them.");
        }
        if (string.Equals(hub?.ConsumerGroup, ConsumerGroup, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"{Section}:{nameof(ConsumerGroup)} is '{ConsumerGroup}', as is " +
                $"{EventHubsOptions.Section}:{nameof(ConsumerGroup)}; each needs its own.");
        }
    }
}
