using StreamCommerce.Ingest.Datasets;

namespace StreamCommerce.Api.Commands;

/// <summary>What a replay is to do.</summary>
internal sealed record ReplayOptions
{
    /// <summary>The file.</summary>
    public required string Dataset { get; init; }

    public required DatasetFormat Format { get; init; }

    /// <summary>The service.</summary>
    public required Uri To { get; init; }

    /// <summary>Where it remembers how far it is.</summary>
    public required string StateFile { get; init; }

    public ReplaySpeed Speed { get; init; } = ReplaySpeed.Max;

    /// <summary>Counts and skips bad rows and refused events instead of ending.</summary>
    public bool SkipBad { get; init; }

    /// <summary>Goes on where the last replay of the file stopped.</summary>
    public bool Resume { get; init; }

    /// <summary>Imports the products first; Online Retail only.</summary>
    public bool Catalogue { get; init; }

    /// <summary>Requests at one time; each visitor's events are on one of them. 1 to 64.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>How long the service may be away before the replay gives up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
