using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>
/// Draws one arm of an experiment for each visitor, always the same one. Weighted rendezvous
/// hashing (Thaler and Ravishankar 1998) by exponential races (Efraimidis and Spirakis 2006): each
/// arm runs −ln(u) / share, with u a hash of experiment, arm and visitor, and the first one wins;
/// what the arms leave over runs too. So the order of arms does not matter, experiments are
/// independent of each other, an arm that grows alone keeps its visitors, and when all arms of an
/// experiment grow alike, everybody in it stays in his arm. Pure; immutable.
/// </summary>
internal sealed class ArmDraw
{
    /// <summary>The number of those outside of the experiment.</summary>
    public const int Outside = -1;

    private readonly record struct Runner(int Arm, ulong Seed, double Share);

    private readonly Runner[] _runners;

    public ArmDraw(Experiment experiment)
    {
        var left = 100 - experiment.Arms.Sum(arm => arm.Share);
        _runners = [.. experiment.Arms
            .Select((arm, number) => new Runner(
                number, SeedOf(experiment.Name, arm.Name), arm.Share))
            .Append(new Runner(Outside, SeedOf(experiment.Name, ""), left))
            .Where(runner => runner.Share > ExperimentRules.ShareTolerance)];
    }

    /// <summary>The arm's number in the experiment, or <see cref="Outside"/>.</summary>
    /// <param name="visitor">The visitor's <see cref="StableHash"/>.</param>
    public int Draw(ulong visitor)
    {
        // Who runs alone has won.
        if (_runners.Length == 1) return _runners[0].Arm;
        var winner = _runners[0].Arm;
        var first = double.PositiveInfinity;
        foreach (var runner in _runners)
        {
            var time = -Math.Log(ToUnit(Mix(visitor + runner.Seed))) / runner.Share;
            if (time < first) (first, winner) = (time, runner.Arm);
        }
        return winner;
    }

    // No name of an arm is empty, so that seed is free for those outside.
    private static ulong SeedOf(string experiment, string arm) =>
        Mix(StableHash.Of($"{experiment}\n{arm}"));

    // Above 0 and below 1: its logarithm is finite and not 0.
    private static double ToUnit(ulong hash) => ((hash >> 11) + 0.5) * (1.0 / (1UL << 53));

    // SplitMix64's finalizer (Steele, Lea and Flood 2014): sums that differ by a seed come out
    // independent.
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
