using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Trending;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Recommendations;

/// <summary>
/// <c>/v1/recommendations</c>, <c>/v1/products/{id}/similar</c> and <c>/v1/trending</c>.
/// </summary>
internal static class RecommendationEndpoints
{
    private const int Default = 10;
    private const int Limit = 50;
    private const int TrendingLimit = 200;

    public static void MapRecommendations(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/recommendations", RecommendAsync).WithName("recommend")
            .WithTags("Recommendations")
            .WithSummary("Recommends products to a visitor")
            .WithDescription("Products seen together with what the visitor looked at last, then " +
                "what is trending. A click of a second ago counts; what is sold out is left out.")
            .WithProblems(400, 503);
        v1.MapGet("/products/{id}/similar", SimilarAsync).WithName("similarProducts")
            .WithTags("Recommendations")
            .WithSummary("Lists products seen together with one")
            .WithProblems(400, 503);
        v1.MapGet("/trending", TrendingAsync).WithName("trendingProducts")
            .WithTags("Recommendations")
            .WithSummary("Lists the most wanted products of now")
            .WithProblems(400, 503);
    }

    private static async Task<Results<Ok<Suggestions>, ProblemResult>> RecommendAsync(
        [Description("Who it is for; an unknown one gets what is trending.")] string visitor,
        [Description("How many, 1 to 50; 10 unless said otherwise.")] int? k,
        Recommender recommender, ProductSuggestions suggestions, CancellationToken ct)
    {
        var count = k ?? Default;
        if (Limited.Check(nameof(k), count, Limit) is { } problem) return (ProblemResult)problem;
        var ranked = recommender.Recommend(new VisitorId(visitor));
        return TypedResults.Ok(await suggestions.TakeAsync(ToSuggested(ranked), count, ct));
    }

    private static async Task<Results<Ok<Suggestions>, ProblemResult>> SimilarAsync(
        [Description("The product's id.")] string id,
        [Description("How many, 1 to 50; 10 unless said otherwise.")] int? k,
        Recommender recommender, ProductSuggestions suggestions, CancellationToken ct)
    {
        var count = k ?? Default;
        if (Limited.Check(nameof(k), count, Limit) is { } problem) return (ProblemResult)problem;
        var ranked = recommender.Similar(new Sku(id));
        return TypedResults.Ok(await suggestions.TakeAsync(ToSuggested(ranked), count, ct));
    }

    private static async Task<Results<Ok<Suggestions>, ProblemResult>> TrendingAsync(
        [Description("How many, 1 to 200; 10 unless said otherwise.")] int? k,
        TrendingProducts trending, ProductSuggestions suggestions, CancellationToken ct)
    {
        var count = k ?? Default;
        if (Limited.Check(nameof(k), count, TrendingLimit) is { } problem)
            return (ProblemResult)problem;
        return TypedResults.Ok(await suggestions.NameAsync(
            [.. trending.Read().Take(count).Select(product =>
                new SuggestedProduct(product.Sku.Value, null, product.Score))], ct));
    }

    private static IEnumerable<SuggestedProduct> ToSuggested(IEnumerable<Recommendation> ranked) =>
        ranked.Select(r => new SuggestedProduct(r.Sku.Value, null, r.Score, r.Because?.Value));
}
