using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Statistics;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>What recommendations come to, over the whole shop and all time.</summary>
/// <param name="Confidence">Of every interval in it, as 0.95.</param>
/// <param name="All">All sources together.</param>
/// <param name="Sources">By who proposed the product, the most shown first.</param>
/// <param name="Experiments">Those of the book, in its order.</param>
/// <param name="Uncounted">Events with an answer's id that were not counted.</param>
public sealed record RecommendationReport(
    double Confidence,
    SourceReport All,
    IReadOnlyList<SourceReport> Sources,
    IReadOnlyList<ExperimentReport> Experiments,
    UncountedEvents Uncounted);

/// <summary>What one source's proposals come to. The intervals take impressions as independent,
/// which those of one visitor are not quite: they are too narrow where few visitors see much.
/// </summary>
/// <param name="Source">Who proposed; null for all together.</param>
/// <param name="Impressions">Products shown, each once an answer.</param>
/// <param name="Clicks">Of those, clicked on.</param>
/// <param name="Conversions">Of those, bought within the window.</param>
/// <param name="ClickThrough">Clicks an impression (Wilson's interval).</param>
/// <param name="Conversion">Conversions a click (Wilson's interval).</param>
/// <param name="Revenue">By currency, the largest sum first.</param>
public sealed record SourceReport(
    RecommendationSource? Source,
    long Impressions,
    long Clicks,
    long Conversions,
    Estimate ClickThrough,
    Estimate Conversion,
    IReadOnlyList<RevenueReport> Revenue);

/// <summary>What credited purchases came to.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Amount">The exact sum.</param>
/// <param name="Mean">An impression of a source, or a visitor of an arm; without an interval where
/// there are fewer than two, or all were worth the same.</param>
/// <param name="Difference">From the first arm (Welch's test); null for a source and for the first
/// arm itself.</param>
public sealed record RevenueReport(
    Currency Currency, decimal Amount, Estimate Mean, Difference? Difference);

/// <summary>The arms of an experiment, side by side.</summary>
/// <param name="Name">The experiment.</param>
/// <param name="IsRunning">False where it has ended.</param>
/// <param name="Arms">In the book's order; the first one is what the others are compared with.
/// </param>
public sealed record ExperimentReport(
    string Name, bool IsRunning, IReadOnlyList<ArmReport> Arms);

/// <summary>What an arm comes to. Visitors are what was drawn, so they are what is taken as
/// independent: intervals and tests allow for a visitor's impressions to depend on each other. A
/// person with two devices is two visitors.</summary>
/// <param name="Name">The arm.</param>
/// <param name="Share">Percent of all visitors that it gets now.</param>
/// <param name="Visitors">Visitors with an impression.</param>
/// <param name="Impressions">Products shown, each once an answer.</param>
/// <param name="Clicks">Of those, clicked on.</param>
/// <param name="Conversions">Of those, bought within the window.</param>
/// <param name="ClickThrough">Clicks an impression (delta method over visitors; where these do not
/// vary, Wilson's interval over them).</param>
/// <param name="Buyers">Share of the visitors with a conversion (Wilson's interval).</param>
/// <param name="Revenue">By currency, the largest sum first; the mean is a visitor's.</param>
/// <param name="ClickThroughDifference">From the first arm (delta method); null for it.</param>
/// <param name="BuyersDifference">From the first arm (two-proportion z test, interval of
/// Newcombe); null for it.</param>
public sealed record ArmReport(
    string Name,
    double Share,
    long Visitors,
    long Impressions,
    long Clicks,
    long Conversions,
    Estimate ClickThrough,
    Estimate Buyers,
    IReadOnlyList<RevenueReport> Revenue,
    Difference? ClickThroughDifference,
    Difference? BuyersDifference);
