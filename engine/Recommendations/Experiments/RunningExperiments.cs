using StreamCommerce.Engine.Recommendations.Ranking;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>A book, made ready to draw arms from. Pure; immutable.</summary>
internal sealed class RunningExperiments
{
    private static readonly Placement[] Placements = Enum.GetValues<Placement>();

    /// <param name="Draw">Draws the arms.</param>
    /// <param name="Arms">What each arm means.</param>
    /// <param name="Changes">By placement: whether an arm's list can be another one's.</param>
    private readonly record struct Running(ArmDraw Draw, Assignment[] Arms, bool[] Changes);

    private readonly Running[] _running;

    /// <param name="book">A valid one; see <see cref="ExperimentRules.Check"/>.</param>
    public RunningExperiments(ExperimentBook book)
    {
        Book = book;
        _running = [.. book.Experiments.Where(ExperimentRules.IsRunning).Select(experiment =>
            new Running(new ArmDraw(experiment), [.. experiment.Arms.Select(arm => new Assignment(
                [new ArmName(experiment.Name, arm.Name)], arm.Overrides))],
                ChangesOf(experiment)))];
    }

    public ExperimentBook Book { get; }

    /// <summary>What the experiments mean for a list for a visitor. Those whose arms all leave it
    /// as it is are left out: what is alike in all arms would hide what is not.</summary>
    public Assignment For(VisitorId visitor, Placement placement)
    {
        if (_running.Length == 0) return Assignment.None;
        var hash = StableHash.Of(visitor.Value);
        var all = Assignment.None;
        foreach (var (draw, arms, changes) in _running)
        {
            if (!changes[(int)placement]) continue;
            var drawn = draw.Draw(hash);
            if (drawn == ArmDraw.Outside) continue;
            // Most visitors are in one experiment at most, whose assignment is ready.
            all = all.Arms.Count == 0 ? arms[drawn] : new Assignment(
                [.. all.Arms, .. arms[drawn].Arms], all.Overrides.With(arms[drawn].Overrides));
        }
        return all;
    }

    /// <summary>One that changes nothing at all is there to test the test, and takes part in every
    /// list.</summary>
    private static bool[] ChangesOf(Experiment experiment)
    {
        bool[] changes = [.. Placements.Select(placement =>
        {
            var usual = RankingOptions.For(placement);
            return experiment.Arms.Any(arm => usual.With(arm.Overrides) != usual);
        })];
        return changes.Contains(true) ? changes : [.. Placements.Select(_ => true)];
    }
}
