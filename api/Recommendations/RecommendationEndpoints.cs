using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Recommendations;

/// <summary>
/// <c>/v1/recommendations</c>, <c>/v1/products/{id}/similar</c>,
/// <c>/v1/products/{id}/bought-together</c>, <c>/v1/trending</c> and <c>/v1/new-arrivals</c>.
/// </summary>
internal static class RecommendationEndpoints
{
    private const int Limit = 50;
    private const int TrendingLimit = 200;

    private const string Common = " What is sold out in the region, or hidden by the shop, is " +
        "left out. The answer's id names it in the events that tell of its impressions and clicks.";

    public static void MapRecommendations(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/recommendations", RecommendAsync).WithName("recommend")
            .WithTags("Recommendations")
            .WithSummary("Recommends products to a visitor")
            .WithDescription("What goes with this visit and with what the visitor did before, " +
                "then what is trending or new. A click of a second ago counts. Says for each " +
                "product who proposed it and why." + Common)
            .WithProblems(400, 503);
        v1.MapGet("/products/{id}/similar", SimilarAsync).WithName("similarProducts")
            .WithTags("Recommendations")
            .WithSummary("Lists products like one")
            .WithDescription("Those that the same people want, and those seen together with it." +
                Common)
            .WithProblems(400, 503);
        v1.MapGet("/products/{id}/bought-together", BoughtTogetherAsync).WithName("boughtTogether")
            .WithTags("Recommendations")
            .WithSummary("Lists products bought along with one")
            .WithDescription("In one order." + Common)
            .WithProblems(400, 503);
        v1.MapGet("/trending", TrendingAsync).WithName("trendingProducts")
            .WithTags("Recommendations")
            .WithSummary("Lists the most wanted products of now")
            .WithDescription("By views, carts and purchases, of which each counts half after an " +
                "hour." + Common)
            .WithProblems(400, 503);
        v1.MapGet("/new-arrivals", NewArrivalsAsync).WithName("newArrivals")
            .WithTags("Recommendations")
            .WithSummary("Lists what came into the catalogue last")
            .WithDescription("The newest first." + Common)
            .WithProblems(400, 503);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> RecommendAsync(
        [AsParameters] RecommendationQuery query,
        [Description("The visit, as its events name it: only what was done in it counts for the " +
            "moment. Unless it is given, what followed without a pause of half an hour.")]
        string? session,
        [Description("The product on the screen; several times where there are several.")]
        string[]? product,
        [Description("A product of the cart; may come several times.")] string[]? cart,
        [Description("Whether what was shown lately and not clicked goes behind other products; " +
            "it does unless said otherwise.")]
        bool? rotate,
        Recommender recommender, CancellationToken ct)
    {
        var request = query.ToRequest(Placement.ForVisitor, Limit, out var problem);
        problem ??= RecommendationQuery.CheckId("session", session)
            ?? RecommendationQuery.CheckAll("product", product, RecommendationRequest.ProductLimit)
            ?? RecommendationQuery.CheckAll("cart", cart, RecommendationRequest.ProductLimit);
        if (problem is not null) return Refuse(problem);
        return AnswerAsync(recommender, request with
        {
            Session = session is null ? null : new SessionId(session),
            Products = RecommendationQuery.ToSkus(product),
            Cart = RecommendationQuery.ToSkus(cart),
            Rotate = rotate ?? true,
        }, ct);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> SimilarAsync(
        [Description("The product's id.")] string id,
        [AsParameters] RecommendationQuery query, Recommender recommender,
        CancellationToken ct) =>
        AnswerProductAsync(Placement.Similar, id, query, recommender, ct);

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> BoughtTogetherAsync(
        [Description("The product's id.")] string id,
        [AsParameters] RecommendationQuery query, Recommender recommender,
        CancellationToken ct) =>
        AnswerProductAsync(Placement.BoughtTogether, id, query, recommender, ct);

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> TrendingAsync(
        [AsParameters] RecommendationQuery query, Recommender recommender,
        CancellationToken ct)
    {
        var request = query.ToRequest(Placement.Trending, TrendingLimit, out var problem);
        if (problem is not null) return Refuse(problem);
        return AnswerAsync(recommender, request, ct);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> NewArrivalsAsync(
        [AsParameters] RecommendationQuery query, Recommender recommender,
        CancellationToken ct)
    {
        var request = query.ToRequest(Placement.NewArrivals, Limit, out var problem);
        if (problem is not null) return Refuse(problem);
        return AnswerAsync(recommender, request, ct);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> AnswerProductAsync(
        Placement placement, string id, RecommendationQuery query, Recommender recommender,
        CancellationToken ct)
    {
        var request = query.ToRequest(placement, Limit, out var problem);
        problem ??= RecommendationQuery.CheckId("id", id);
        if (problem is not null) return Refuse(problem);
        return AnswerAsync(recommender, request with { Products = [new Sku(id)] }, ct);
    }

    // Without a wait, as nearly always, this allocates no more than its result.
    private static async ValueTask<Results<OkJson<Suggestions>, ProblemResult>> AnswerAsync(
        Recommender recommender, RecommendationRequest request, CancellationToken ct)
    {
        var answer = await recommender.RecommendAsync(request, ct);
        return new OkJson<Suggestions>(Suggestions.Of(answer), ApiJson.Wire.Suggestions);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> Refuse(Problem problem) =>
        new((ProblemResult)problem);
}
