using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Checkout;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Fraud;

/// <summary>
/// <c>/v1/fraud/decisions</c> and <c>/v1/fraud/reviews</c>: what screening decided, and the orders
/// that wait for a person.
/// </summary>
internal static class ReviewEndpoints
{
    // With the reviewer's name before it, it fits into an action's reason.
    private const int NoteLengthLimit = 390;

    public static void MapReviews(this IEndpointRouteBuilder v1)
    {
        var fraud = v1.MapGroup("/fraud").WithTags("Fraud");
        fraud.MapGet("/decisions", ListDecisionsAsync).WithName("listFraudDecisions")
            .WithSummary("Lists what screening decided, and on what")
            .WithProblems(400, 503);
        fraud.MapGet("/reviews", ListReviewsAsync).WithName("listReviews")
            .WithSummary("Lists the orders that wait for a reviewer")
            .WithProblems(400, 503);
        fraud.MapPost("/reviews/{id}", ReviewAsync).WithName("reviewOrder")
            .WithSummary("Lets an order pass, or not")
            .WithDescription("Approved, its payment is taken; rejected, its stock goes back and " +
                "everybody in it is remembered. Nobody's word within a day rejects it, too.")
            .WithProblems(400, 404, 409, 413, 415, 422, 503);
    }

    private static async Task<Results<Ok<FraudDecisionList>, ProblemResult>> ListDecisionsAsync(
        IOrderStore orders,
        [Description("How many, 1 to 500; 50 unless said otherwise.")] int? limit,
        [Description("Only those before this order: the page before said it as next.")]
        string? before,
        CancellationToken ct)
    {
        var query = Query(limit, before);
        if (Limited.Check(nameof(limit), query.Limit, OrderQuery.LimitMaximum) is { } problem)
            return (ProblemResult)problem;
        var list = await orders.ListNewestAsync(query, ct);
        return TypedResults.Ok(new FraudDecisionList(
            [.. list.Where(order => order.Terms.Screening is not null)
                .Select(order => FraudDecisionView.Of(order.Id, order.Terms.Screening!))],
            NextOf(list, query)));
    }

    private static async Task<Results<Ok<ReviewList>, ProblemResult>> ListReviewsAsync(
        IOrderStore orders,
        [Description("How many, 1 to 500; 50 unless said otherwise.")] int? limit,
        [Description("Only those before this order: the page before said it as next.")]
        string? before,
        CancellationToken ct)
    {
        var query = Query(limit, before) with { State = OrderState.InReview };
        if (Limited.Check(nameof(limit), query.Limit, OrderQuery.LimitMaximum) is { } problem)
            return (ProblemResult)problem;
        var list = await orders.ListNewestAsync(query, ct);
        return TypedResults.Ok(new ReviewList(
            [.. list.Select(order => new ReviewView(
                order.Id.Value, order.Terms.Screened!.Account, order.Total,
                FraudDecisionView.Of(order.Id, order.Terms.Screening!)))],
            NextOf(list, query)));
    }

    private static async Task<Results<Ok<OrderView>, ProblemResult>> ReviewAsync(
        [Description("The order's id.")] string id,
        ReviewBody body,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description(RequestConditions.KeyDescription)]
        string? key,
        OrderSaga saga,
        CancellationToken ct)
    {
        if (RequestConditions.CheckKey(key) is { } noKey) return (ProblemResult)noKey;
        if (body.Reviewer is not { Length: > 0 and <= 100 })
            return (ProblemResult)Problem.Invalid("/reviewer", "must have 1 to 100 characters.");
        if (body.Note?.Length > NoteLengthLimit)
        {
            return (ProblemResult)Problem.Invalid(
                "/note", $"must have at most {NoteLengthLimit} characters.");
        }
        var reason = body.Note is null ? body.Reviewer : $"{body.Reviewer}: {body.Note}";
        var answer = await saga.DoAsync(
            new OrderId(id), new ReviewOrder(key!, body.Verdict == ReviewVerdict.Approve, reason),
            CancellationToken.None).AsTask().WaitAsync(ct);
        return answer.Is(out var order, out var refusal)
            ? TypedResults.Ok(OrderView.Of(order))
            : (ProblemResult)refusal.ToProblem();
    }

    private static OrderQuery Query(int? limit, string? before) => new(limit ?? 50)
    {
        Attempts = true,
        Before = before is null ? null : new OrderId(before),
    };

    private static string? NextOf(IReadOnlyList<Order> list, OrderQuery query) =>
        list.Count == query.Limit ? list[^1].Id.Value : null;
}
