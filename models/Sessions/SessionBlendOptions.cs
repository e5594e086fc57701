namespace StreamCommerce.Models.Sessions;

/// <summary>How a <see cref="SessionBlend"/> is asked and trained.</summary>
public sealed record SessionBlendOptions
{
    /// <summary>How neighbours are found.</summary>
    public NeighbourOptions Neighbours { get; init; } = new();

    /// <summary>The last item's heaviest followers whose own followers are looked at: 0 … 100.
    /// </summary>
    public int OnwardLimit { get; init; } = 3;

    /// <summary>Clicks that rules reach when it is trained: at least 1.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>Share of the sessions, the last ones, from whose clicks weights are learnt: above
    /// 0, below 1.</summary>
    public double ForeseenShare { get; init; } = 0.1;

    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    internal void Check()
    {
        Neighbours.Check();
        if (OnwardLimit is < 0 or > 100 || Steps < 1 || ForeseenShare is not (> 0 and < 1))
            throw new ArgumentException($"A value is outside its range: {this}");
    }
}
