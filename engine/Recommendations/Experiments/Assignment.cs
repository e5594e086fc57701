using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>An arm that a visitor is in.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Arm">The arm's name.</param>
public readonly record struct ArmName(string Experiment, string Arm)
{
    /// <summary>32 bits that stand for the arm in answers' ids; no two arms of a book share them.
    /// </summary>
    public uint Tag => (uint)StableHash.Of($"{Experiment}\n{Arm}");

    public override string ToString() => $"{Experiment}/{Arm}";
}

/// <summary>What the experiments mean for one visitor.</summary>
/// <param name="Arms">The arms that the visitor is in, at most one an experiment.</param>
/// <param name="Overrides">What all of them change.</param>
public sealed record Assignment(IReadOnlyList<ArmName> Arms, RankingOverrides Overrides)
{
    /// <summary>In no experiment.</summary>
    public static readonly Assignment None = new([], RankingOverrides.None);

    /// <summary>The arms' tags, in their order.</summary>
    public IReadOnlyList<uint> Tags { get; } = [.. Arms.Select(arm => arm.Tag)];
}
