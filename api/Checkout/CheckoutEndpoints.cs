using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Checkout;

namespace StreamCommerce.Api.Checkout;

/// <summary><c>POST /v1/checkout</c>, and what it would cost.</summary>
internal static class CheckoutEndpoints
{
    public static void MapCheckout(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/checkout", PlaceAsync).WithName("checkout").WithTags("Checkout")
            .WithSummary("Places an order")
            .WithDescription("Reserves all lines or none, screens for fraud, authorizes the " +
                "payment, commits stock and order together, and captures. 202 where the buyer " +
                "must confirm the payment, a reviewer must decide, or the gateway has not " +
                "answered yet: read the order. Needs the header Idempotency-Key: the first " +
                "answer is kept seven days and given again to the same request (then with " +
                "Idempotency-Replayed: true); another request with the same key is refused; " +
                "while the first is being worked on the answer is 409 with Retry-After.")
            .WithProblems(400, 402, 403, 404, 409, 413, 415, 422, 503);
        v1.MapPost("/checkout/quote", QuoteAsync).WithName("quote").WithTags("Checkout")
            .WithSummary("Says what a checkout would cost")
            .WithDescription("Prices, promotions, tax and shipping of the same body. Nothing is " +
                "reserved. Give its total as expectedTotal to buy at that price only.")
            .WithProblems(400, 403, 404, 413, 415, 422, 503);
    }

    private static async Task<Results<
        CreatedJson<OrderView>, Accepted<OrderView>, ProblemResult>> PlaceAsync(
        CheckoutBody body,
        [FromHeader(Name = RequestConditions.IdempotencyKey)]
        [Description("Required: a new UUID an attempt; at most 255 characters.")]
        string? key,
        CheckoutDesk desk,
        HttpResponse response,
        CancellationToken ct)
    {
        if (RequestConditions.CheckKey(key) is { } noKey) return (ProblemResult)noKey;
        if (Check(body) is { } problem) return (ProblemResult)problem;
        var answer = await desk.PlaceAsync(body.ToRequest(key!), ct);
        if (!answer.Is(out var placed, out var refusal))
            return (ProblemResult)refusal.ToProblem();
        if (placed.Replayed) response.Headers["Idempotency-Replayed"] = "true";
        var (path, view) = ($"/v1/orders/{placed.Order.Id}", OrderView.Of(placed));
        if (placed.State is OrderState.Placed or OrderState.Confirmed)
            return new CreatedJson<OrderView>(path, view, ApiJson.Wire.OrderView);
        return TypedResults.Accepted(path, view);
    }

    private static async Task<Results<Ok<QuoteView>, ProblemResult>> QuoteAsync(
        CheckoutBody body, QuoteDesk quotes, CancellationToken ct)
    {
        if (Check(body) is { } problem) return (ProblemResult)problem;
        var request = body.ToRequest("quote");
        if (CheckoutRules.Check(request) is { } invalid)
            return (ProblemResult)invalid.ToProblem();
        var answer = await quotes.QuoteAsync(request, ct);
        return answer.Is(out var quote, out var refusal)
            ? TypedResults.Ok(QuoteView.Of(quote))
            : (ProblemResult)refusal.ToProblem();
    }

    private static Problem? Check(CheckoutBody body)
    {
        if (Elements.Check("/lines", body.Lines) is { } missing) return missing;
        if (Elements.Check("/coupons", body.Coupons) is { } noCode) return noCode;
        if (body.ExpectedTotal is { } expected && expected.Currency != body.Currency)
        {
            return Problem.Invalid("/expectedTotal/currency",
                $"is {expected.Currency}, but the checkout is in {body.Currency}.");
        }
        return body.Payment?.Capture is not (null or PaymentBody.Now or PaymentBody.OnShipment)
            ? Problem.Invalid("/payment/capture",
                $"must be '{PaymentBody.Now}' or '{PaymentBody.OnShipment}'.")
            : null;
    }
}
