namespace StreamCommerce.Models.Sessions;

/// <summary>
/// How sessions like the current one are found and what they say. With the defaults it is VSTAN:
/// the decays of STAN (Garg, Gupta, Malhotra, Vig, Shroff, SIGIR 2019) over vector similarity, as
/// combined by Ludewig, Mauro, Latifi, Jannach (2021). Infinite decays are off.
/// </summary>
public sealed record NeighbourOptions
{
    /// <summary>The weights of VMIS-kNN instead: they fall linearly over the current session, and
    /// all items of a neighbour count alike.</summary>
    public static NeighbourOptions Vmis { get; } = new()
    {
        LinearPositions = true,
        SampleSize = 1000,
        NeighbourCount = 100,
        RecencyDecay = double.PositiveInfinity,
        ForwardDecay = double.PositiveInfinity,
        BackwardDecay = double.PositiveInfinity,
        BackwardWeight = 1,
        LengthExponent = 0,
    };

    /// <summary>Of the current session, the last different items that are looked at: 1 … 32.
    /// </summary>
    public int ItemLimit { get; init; } = 12;

    /// <summary>The most recent sessions with any of them that are compared: m of the paper.
    /// </summary>
    public int SampleSize { get; init; } = 1000;

    /// <summary>The most similar of these, which vote: k of the paper.</summary>
    public int NeighbourCount { get; init; } = 500;

    /// <summary>Whether the weight of an item of the current session falls linearly with its
    /// distance from the end, not by <see cref="PositionDecay"/>.</summary>
    public bool LinearPositions { get; init; }

    /// <summary>Steps back in the current session after which an item's weight in the similarity
    /// has fallen to 1/e.</summary>
    public double PositionDecay { get; init; } = 2;

    /// <summary>Steps back to the latest common item after which a neighbour's vote has fallen to
    /// 1/e.</summary>
    public double MatchDecay { get; init; } = double.PositiveInfinity;

    /// <summary>Sessions that ended since, after which a neighbour's similarity has fallen to 1/e.
    /// Sessions, not days: it needs no clock, and every shop has its own pace.</summary>
    public double RecencyDecay { get; init; } = 100_000;

    /// <summary>Steps of a neighbour after the common item, after which its vote for an item has
    /// fallen to 1/e.</summary>
    public double ForwardDecay { get; init; } = 3;

    /// <summary>The same for items before the common item.</summary>
    public double BackwardDecay { get; init; } = 3;

    /// <summary>What an item before the common item counts beside one after it: 0 … 1.</summary>
    public double BackwardWeight { get; init; } = 0.5;

    /// <summary>The similarity is divided by the neighbour's length to this power; 0.5 is the
    /// cosine.</summary>
    public double LengthExponent { get; init; } = 0.5;

    /// <summary>Weight of an item's rareness: votes are multiplied by 1 + weight · log(sessions /
    /// sessions with the item).</summary>
    public double RarenessWeight { get; init; }

    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    internal void Check()
    {
        if (ItemLimit is < 1 or > 32 || SampleSize < 1 || NeighbourCount < 1)
            throw new ArgumentException(
                $"Items must be 1 … 32, sample and neighbours at least 1: {this}");
        if (!(PositionDecay > 0 && MatchDecay > 0 && RecencyDecay > 0 && ForwardDecay > 0
            && BackwardDecay > 0 && BackwardWeight >= 0 && LengthExponent >= 0
            && RarenessWeight >= 0) || !double.IsFinite(RarenessWeight + BackwardWeight))
            throw new ArgumentException($"Decays must be above 0, weights not below: {this}");
    }
}
