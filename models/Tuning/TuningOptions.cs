namespace StreamCommerce.Models.Tuning;

/// <summary>How long parameters are looked for.</summary>
public sealed record TuningOptions
{
    /// <summary>Of everything that is drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads at most.</summary>
    public int ThreadCount { get; init; } = 1;

    /// <summary>Trials of one family at most, at least 1.</summary>
    public int TrialLimit { get; init; } = 60;

    /// <summary>
    /// Time for one family. The trial that it ends in is given up; the first, with the defaults,
    /// always ends, so that there is something to choose.
    /// </summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Validation questions that a trial is asked at most, evenly spread: with 10,000 a hit rate's
    /// standard error is half a percentage point, and trials share the same questions.
    /// </summary>
    public int CaseLimit { get; init; } = 10_000;
}
