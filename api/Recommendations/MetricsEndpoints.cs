using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Recommendations.Attribution;

namespace StreamCommerce.Api.Recommendations;

/// <summary><c>/v1/recommendations/metrics</c>: what recommendations come to.</summary>
internal static class MetricsEndpoints
{
    private const double LowestConfidence = 0.5;
    private const double HighestConfidence = 0.9999;

    public static void MapRecommendationMetrics(this IEndpointRouteBuilder v1) => v1
        .MapGet("/recommendations/metrics", Read).WithName("recommendationMetrics")
        .WithTags("Recommendations")
        .WithSummary("Shows what recommendations come to, by source and by experiment arm")
        .WithDescription("Impressions, click-through, conversion and revenue. A storefront " +
            "sends an answer's id back with its events, as GA4 does: the parameter " +
            "item_list_id, or the item's member of that name, of view_item_list (what was " +
            "shown) and of select_item, view_item, add_to_cart or purchase (a click). Each " +
            "product of an answer counts as one impression and one click at most; a purchase " +
            "within 24 hours after a click is credited to the last one, also where its event " +
            "comes first. An id carries the first 64 products of an answer: what lies behind " +
            "them is counted apart. Intervals of sources " +
            "take impressions as independent (Wilson); those of arms, and the tests against " +
            "the first arm, take visitors as independent: click-through by the delta method " +
            "(where visitors do not vary, Wilson's over them), " +
            "buyers by a two-proportion z test, revenue a visitor by Welch's test. Look once, " +
            "at the end: a test that is read until it is significant will be.")
        .WithProblems(400);

    private static Results<Ok<RecommendationReport>, ProblemResult> Read(
        [Description("How sure the intervals are, 0.5 to 0.9999; 0.95 unless said otherwise.")]
        double? confidence,
        RecommendationMetrics metrics)
    {
        var sure = confidence ?? RecommendationMetrics.DefaultConfidence;
        return sure is >= LowestConfidence and <= HighestConfidence
            ? TypedResults.Ok(metrics.Read(sure))
            : (ProblemResult)Problem.Invalid(nameof(confidence),
                $"must be {LowestConfidence} to {HighestConfidence}.");
    }
}
