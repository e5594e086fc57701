namespace StreamCommerce.Engine.Fraud.Backtesting;

/// <summary>A past attempt to buy.</summary>
/// <param name="Request">What was known when it was tried.</param>
/// <param name="Fraud">Whether it was fraud; null where nobody knows.</param>
/// <param name="Scenario">What kind of fraud, where that is known.</param>
public sealed record BacktestEvent(
    ScreeningRequest Request, bool? Fraud = null, string? Scenario = null);

/// <summary>How to run rules over the past.</summary>
public sealed record BacktestOptions
{
    /// <summary>How long after an attempt it becomes known that it was fraud. The handbook of the
    /// field takes a week.</summary>
    public TimeSpan LabelDelay { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Attempts before it are learned from and not reported; null: all are
    /// reported.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first attempt at or after it ends the run; null: none does.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>
    /// Leaves out, as the handbook does, the attempts of accounts that are known to be defrauded
    /// when they are made: their cards would long be blocked. Known is what happened so long
    /// before <see cref="From"/> or later; null leaves out nobody.
    /// </summary>
    public TimeSpan? KnownSince { get; init; }
}
