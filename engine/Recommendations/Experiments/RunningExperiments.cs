using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>A book, made ready to draw arms from. Pure; immutable.</summary>
internal sealed class RunningExperiments
{
    private readonly record struct Running(ArmDraw Draw, Assignment[] Arms);

    private readonly Running[] _running;

    /// <param name="book">A valid one; see <see cref="ExperimentRules.Check"/>.</param>
    public RunningExperiments(ExperimentBook book)
    {
        Book = book;
        _running = [.. book.Experiments.Where(ExperimentRules.IsRunning).Select(experiment =>
            new Running(new ArmDraw(experiment), [.. experiment.Arms.Select(arm => new Assignment(
                [new ArmName(experiment.Name, arm.Name)], arm.Overrides))]))];
    }

    public ExperimentBook Book { get; }

    /// <summary>What the experiments mean for a visitor.</summary>
    public Assignment For(VisitorId visitor)
    {
        if (_running.Length == 0) return Assignment.None;
        var hash = StableHash.Of(visitor.Value);
        var all = Assignment.None;
        foreach (var (draw, arms) in _running)
        {
            var drawn = draw.Draw(hash);
            if (drawn == ArmDraw.Outside) continue;
            // Most visitors are in one experiment at most, whose assignment is ready.
            all = all.Arms.Count == 0 ? arms[drawn] : new Assignment(
                [.. all.Arms, .. arms[drawn].Arms], all.Overrides.With(arms[drawn].Overrides));
        }
        return all;
    }
}
