using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Statistics;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>Answers for the whole shop from each partition's
/// <see cref="RecommendationMetricsProjection"/>, with intervals and tests. Any thread.</summary>
public sealed class RecommendationMetrics(CommerceEngine engine, ExperimentBooks experiments)
{
    /// <summary>How sure intervals are where nobody says otherwise.</summary>
    public const double DefaultConfidence = 0.95;

    /// <summary>The report of this moment. Experiments that are no longer in the book are left
    /// out; their sums are kept for when they come back.</summary>
    /// <param name="confidence">Of the intervals, above 0 and below 1.</param>
    public RecommendationReport Read(double confidence = DefaultConfidence)
    {
        var sources = new Dictionary<RecommendationSource, SuccessSums>();
        var arms = new Dictionary<uint, SuccessSums>();
        var uncounted = new UncountedEvents();
        engine.ReadEach<RecommendationMetricsProjection>((_, metrics) =>
        {
            foreach (var (source, sums) in metrics.Sources) Add(sources, source, sums);
            foreach (var (arm, sums) in metrics.Arms) Add(arms, arm, sums);
            uncounted += metrics.Uncounted;
        });
        var all = new SuccessSums();
        foreach (var sums in sources.Values) all.Add(sums);
        return new RecommendationReport(
            confidence,
            ReportOf(null, all, confidence),
            [.. sources.OrderByDescending(source => source.Value.Impressions)
                .ThenBy(source => source.Key)
                .Select(source => ReportOf(source.Key, source.Value, confidence))],
            [.. experiments.Current.Experiments.Select(experiment =>
                ReportOf(experiment, arms, confidence))],
            uncounted);
    }

    internal static ExperimentReport ReportOf(
        Experiment experiment, IReadOnlyDictionary<uint, SuccessSums> sums, double confidence)
    {
        var none = new SuccessSums();
        SuccessSums SumsOf(ExperimentArm arm) =>
            sums.GetValueOrDefault(new ArmName(experiment.Name, arm.Name).Tag, none);
        var first = SumsOf(experiment.Arms[0]);
        return new ExperimentReport(
            experiment.Name, ExperimentRules.IsRunning(experiment),
            [.. experiment.Arms.Select((arm, i) => ReportOf(
                arm, SumsOf(arm), i == 0 ? null : first, confidence))]);
    }

    private static ArmReport ReportOf(
        ExperimentArm arm, SuccessSums sums, SuccessSums? first, double confidence)
    {
        var buyers = BuyersOf(sums);
        return new ArmReport(
            arm.Name, arm.Share, sums.ByVisitor.Count,
            sums.Impressions, sums.Clicks, sums.Conversions,
            sums.ByVisitor.Estimate(confidence),
            buyers.Estimate(confidence),
            [.. Largest(sums).Select(revenue =>
            {
                var moments = revenue.Value.Over(sums.ByVisitor.Count);
                return new RevenueReport(revenue.Key, revenue.Value.Amount,
                    moments.Estimate(confidence), first is null ? null : moments.Less(
                        first.Revenue.GetValueOrDefault(revenue.Key).Over(first.ByVisitor.Count),
                        confidence));
            })],
            first is null ? null : sums.ByVisitor.Less(first.ByVisitor, confidence),
            first is null ? null : buyers.Less(BuyersOf(first), confidence));
    }

    private static SourceReport ReportOf(
        RecommendationSource? source, SuccessSums sums, double confidence) => new(
            source, sums.Impressions, sums.Clicks, sums.Conversions,
            new Proportion(sums.Clicks, sums.Impressions).Estimate(confidence),
            new Proportion(sums.Conversions, sums.Clicks).Estimate(confidence),
            [.. Largest(sums).Select(revenue => new RevenueReport(
                revenue.Key, revenue.Value.Amount,
                revenue.Value.Over(sums.Impressions).Estimate(confidence), null))]);

    private static Proportion BuyersOf(SuccessSums sums) => new(sums.Buyers, sums.ByVisitor.Count);

    private static IEnumerable<KeyValuePair<Currency, CreditedRevenue>> Largest(
        SuccessSums sums) => sums.Revenue
            .OrderByDescending(revenue => revenue.Value.Amount)
            .ThenBy(revenue => revenue.Key.Code, StringComparer.Ordinal);

    private static void Add<TKey>(
        Dictionary<TKey, SuccessSums> all, TKey key, SuccessSums part) where TKey : notnull
    {
        if (!all.TryGetValue(key, out var sums)) all[key] = sums = new SuccessSums();
        sums.Add(part);
    }
}
