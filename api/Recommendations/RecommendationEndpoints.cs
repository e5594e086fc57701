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
        v1.MapGet("/recommendations", Recommend).WithName("recommend")
            .WithTags("Recommendations")
            .WithSummary("Recommends products to a visitor")
            .WithDescription("What goes with this visit and with what the visitor did before, " +
                "then what is trending or new. A click of a second ago counts. Says for each " +
                "product who proposed it and why." + Common)
            .WithProblems(400, 503);
        v1.MapGet("/products/{id}/similar", Similar).WithName("similarProducts")
            .WithTags("Recommendations")
            .WithSummary("Lists products like one")
            .WithDescription("Those that the same people want, and those seen together with it." +
                Common)
            .WithProblems(400, 503);
        v1.MapGet("/products/{id}/bought-together", BoughtTogether).WithName("boughtTogether")
            .WithTags("Recommendations")
            .WithSummary("Lists products bought along with one")
            .WithDescription("In one order." + Common)
            .WithProblems(400, 503);
        v1.MapGet("/trending", Trending).WithName("trendingProducts")
            .WithTags("Recommendations")
            .WithSummary("Lists the most wanted products of now")
            .WithDescription("By views, carts and purchases, of which each counts half after an " +
                "hour." + Common)
            .WithProblems(400, 503);
        v1.MapGet("/new-arrivals", NewArrivals).WithName("newArrivals")
            .WithTags("Recommendations")
            .WithSummary("Lists what came into the catalogue last")
            .WithDescription("The newest first." + Common)
            .WithProblems(400, 503);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> Recommend(
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
        return Answer(recommender, request with
        {
            Session = session is null ? null : new SessionId(session),
            Products = RecommendationQuery.ToSkus(product),
            Cart = RecommendationQuery.ToSkus(cart),
            Rotate = rotate ?? true,
        }, ct);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> Similar(
        [Description("The product's id.")] string id,
        [AsParameters] RecommendationQuery query, Recommender recommender,
        CancellationToken ct) =>
        AnswerProduct(Placement.Similar, id, query, recommender, ct);

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> BoughtTogether(
        [Description("The product's id.")] string id,
        [AsParameters] RecommendationQuery query, Recommender recommender,
        CancellationToken ct) =>
        AnswerProduct(Placement.BoughtTogether, id, query, recommender, ct);

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> Trending(
        [AsParameters] RecommendationQuery query, Recommender recommender,
        CancellationToken ct)
    {
        var request = query.ToRequest(Placement.Trending, TrendingLimit, out var problem);
        if (problem is not null) return Refuse(problem);
        return Answer(recommender, request, ct);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> NewArrivals(
        [AsParameters] RecommendationQuery query, Recommender recommender,
        CancellationToken ct)
    {
        var request = query.ToRequest(Placement.NewArrivals, Limit, out var problem);
        if (problem is not null) return Refuse(problem);
        return Answer(recommender, request, ct);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> AnswerProduct(
        Placement placement, string id, RecommendationQuery query, Recommender recommender,
        CancellationToken ct)
    {
        var request = query.ToRequest(placement, Limit, out var problem);
        problem ??= RecommendationQuery.CheckId("id", id);
        if (problem is not null) return Refuse(problem);
        return Answer(recommender, request with { Products = [new Sku(id)] }, ct);
    }

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> Answer(
        Recommender recommender, RecommendationRequest request, CancellationToken ct)
    {
        var answering = recommender.RecommendAsync(request, ct);
        // As nearly always: nothing is waited for, and nothing made to wait with.
        return answering.IsCompletedSuccessfully
            ? new(ToResult(answering.Result)) : AnswerAsync(answering);
    }

    private static async ValueTask<Results<OkJson<Suggestions>, ProblemResult>> AnswerAsync(
        ValueTask<RecommendationAnswer> answering) => ToResult(await answering);

    private static OkJson<Suggestions> ToResult(RecommendationAnswer answer) =>
        new(Suggestions.Of(answer), ApiJson.Wire.Suggestions);

    private static ValueTask<Results<OkJson<Suggestions>, ProblemResult>> Refuse(Problem problem) =>
        new((ProblemResult)problem);
}
