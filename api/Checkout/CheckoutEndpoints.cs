using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Checkout;

/// <summary><c>POST /v1/checkout</c> and <c>/v1/orders</c>.</summary>
internal static class CheckoutEndpoints
{
    private const int NewestLimit = 200;

    public static void MapCheckout(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/checkout", PlaceAsync).WithName("checkout").WithTags("Checkout")
            .WithSummary("Places an order")
            .WithDescription("Takes all lines from stock or none. Needs the header " +
                "Idempotency-Key: the first answer is kept seven days and given again to the " +
                "same request (then with Idempotency-Replayed: true); another request with the " +
                "same key is refused.")
            .WithProblems(400, 403, 404, 409, 413, 415, 422, 503);
        v1.MapGet("/orders/{id}", GetAsync).WithName("getOrder").WithTags("Orders")
            .WithSummary("Reads an order")
            .WithProblems(404, 503);
        v1.MapGet("/orders", ListAsync).WithName("listOrders").WithTags("Orders")
            .WithSummary("Lists the newest orders")
            .WithProblems(400, 503);
    }

    private static async Task<Results<CreatedJson<OrderView>, ProblemResult>> PlaceAsync(
        CheckoutBody body,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description("Required: a new UUID an attempt; at most 255 characters.")]
        string? key,
        CheckoutDesk desk,
        HttpResponse response,
        CancellationToken ct)
    {
        if (string.IsNullOrEmpty(key))
        {
            return (ProblemResult)Problem.Invalid(RequestConditions.IdempotencyKey,
                "is required, so that a repeated checkout buys once; send a new UUID an attempt.");
        }
        if (Elements.Check("/lines", body.Lines) is { } missing) return (ProblemResult)missing;
        if (body.ExpectedTotal is { } expected && expected.Currency != body.Currency)
        {
            return (ProblemResult)Problem.Invalid("/expectedTotal/currency",
                $"is {expected.Currency}, but the checkout is in {body.Currency}.");
        }
        var answer = await desk.PlaceAsync(body.ToRequest(key), ct);
        if (!answer.Is(out var placed, out var refusal))
            return (ProblemResult)refusal.ToProblem();
        if (placed.Replayed) response.Headers["Idempotency-Replayed"] = "true";
        return new CreatedJson<OrderView>($"/v1/orders/{placed.Order.Id}",
            OrderView.Of(placed.Order), ApiJson.Wire.OrderView);
    }

    private static async Task<Results<Ok<OrderView>, ProblemResult>> GetAsync(
        [Description("The order's id.")] string id, IOrderStore orders, CancellationToken ct) =>
        await orders.GetAsync(new OrderId(id), ct) is { } order
            ? TypedResults.Ok(OrderView.Of(order))
            : (ProblemResult)Problem.NotFound($"There is no order '{id}'.");

    private static async Task<Results<Ok<OrderList>, ProblemResult>> ListAsync(
        IOrderStore orders,
        [Description("How many, 1 to 200; 20 unless said otherwise.")] int? newest,
        CancellationToken ct)
    {
        var count = newest ?? 20;
        if (Limited.Check(nameof(newest), count, NewestLimit) is { } problem)
            return (ProblemResult)problem;
        var list = await orders.ListNewestAsync(count, ct);
        return TypedResults.Ok(new OrderList([.. list.Select(OrderView.Of)]));
    }
}
