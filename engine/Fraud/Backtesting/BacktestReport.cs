namespace StreamCommerce.Engine.Fraud.Backtesting;

/// <summary>Attempts by what they were.</summary>
/// <param name="Fraud">Known frauds.</param>
/// <param name="Honest">Known to be none.</param>
/// <param name="Unknown">Without a label.</param>
public readonly record struct LabelCounts(long Fraud, long Honest, long Unknown)
{
    public long All => Fraud + Honest + Unknown;

    public static LabelCounts operator +(LabelCounts left, LabelCounts right) => new(
        left.Fraud + right.Fraud, left.Honest + right.Honest, left.Unknown + right.Unknown);
}

/// <summary>How well a border between pass and alert tells fraud from the rest.</summary>
/// <param name="Alerts">Attempts on the alert's side; those without a label count here only.
/// </param>
/// <param name="Caught">Frauds among them.</param>
/// <param name="Honest">Attempts among them that were no fraud.</param>
/// <param name="Frauds">Frauds in all.</param>
public sealed record AlertQuality(long Alerts, long Caught, long Honest, long Frauds)
{
    /// <summary>Frauds among the alerts with a label, 0 to 1; null where there is none.</summary>
    public double? Precision =>
        Caught + Honest == 0 ? null : (double)Caught / (Caught + Honest);

    /// <summary>Alerts among the frauds, 0 to 1; null where there is none.</summary>
    public double? Recall => Frauds == 0 ? null : (double)Caught / Frauds;
}

/// <summary>What a kind of fraud met.</summary>
/// <param name="Scenario">The kind.</param>
/// <param name="Frauds">How many.</param>
/// <param name="Challenged">Challenged, reviewed or blocked.</param>
/// <param name="Reviewed">Reviewed or blocked.</param>
/// <param name="Blocked">Blocked.</param>
public sealed record ScenarioResult(
    string Scenario, long Frauds, long Challenged, long Reviewed, long Blocked);

/// <summary>How often a rule or a list gave a reason.</summary>
/// <param name="Code">The reason.</param>
/// <param name="Labels">The attempts it was given for.</param>
public sealed record ReasonResult(string Code, LabelCounts Labels);

/// <summary>What rules would have done with the past.</summary>
public sealed record BacktestReport
{
    /// <summary>Attempts in the reported time.</summary>
    public required LabelCounts Labels { get; init; }

    /// <summary>Attempts that were only learned from.</summary>
    public required long Learned { get; init; }

    /// <summary>Attempts of accounts that were known to be defrauded, and left out.</summary>
    public required long LeftOut { get; init; }

    /// <summary>Days with a reported attempt, UTC.</summary>
    public required int Days { get; init; }

    /// <summary>Attempts by decision, in the order of <see cref="FraudDecision"/>.</summary>
    public required IReadOnlyList<LabelCounts> Decisions { get; init; }

    /// <summary>Attempts by score, 0 to 100.</summary>
    public required IReadOnlyList<LabelCounts> Scores { get; init; }

    /// <summary>Kinds of fraud by name.</summary>
    public required IReadOnlyList<ScenarioResult> Scenarios { get; init; }

    /// <summary>Reasons, the most frequent first.</summary>
    public required IReadOnlyList<ReasonResult> Reasons { get; init; }

    /// <summary>Cards (or accounts, where no card is known) with an alert, by decision: a card is
    /// caught where any of its attempts is both a fraud and an alert.</summary>
    public required IReadOnlyList<AlertQuality> Cards { get; init; }

    /// <summary>
    /// The handbook's card precision at 100: of the hundred cards with the highest scores of a
    /// day, those with a fraud on that day; a card that was found is not looked at again. The
    /// mean of the days, 0 to 1.
    /// </summary>
    public required double CardPrecisionAt100 { get; init; }

    /// <summary>Where everything from this decision on is an alert.</summary>
    public AlertQuality From(FraudDecision decision) => Quality(Decisions.Skip((int)decision));

    /// <summary>Where every score from this one on is an alert.</summary>
    public AlertQuality From(int score) => Quality(Scores.Skip(score));

    /// <summary>
    /// The mean of precision over recall, 0 to 1, of the score as the only criterion: what a
    /// random score reaches is the share of frauds.
    /// </summary>
    public double AveragePrecision
    {
        get
        {
            var (sum, recall) = (0.0, 0.0);
            for (var score = Scores.Count - 1; score >= 0; score--)
            {
                var quality = From(score);
                if (quality is not { Precision: { } precision, Recall: { } now }) continue;
                sum += precision * (now - recall);
                recall = now;
            }
            return sum;
        }
    }

    private AlertQuality Quality(IEnumerable<LabelCounts> alerts)
    {
        var sum = alerts.Aggregate(default(LabelCounts), (left, right) => left + right);
        return new(sum.All, sum.Fraud, sum.Honest, Labels.Fraud);
    }
}
