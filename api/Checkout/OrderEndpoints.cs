using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StreamCommerce.Api.Carts;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Checkout;

/// <summary>Why something is done.</summary>
/// <param name="Reason">For the record; at most 500 characters.</param>
public sealed record ReasonBody(string? Reason = null);

/// <summary>How much money, and why.</summary>
/// <param name="Amount">In the order's currency; all that is left unless said.</param>
/// <param name="Reason">For the record; at most 500 characters.</param>
public sealed record AmountBody(Money? Amount = null, string? Reason = null);

/// <summary>Units that leave.</summary>
/// <param name="Lines">Which; all that has not left unless said.</param>
public sealed record ShipmentBody(IReadOnlyList<CartLineView>? Lines = null);

/// <summary>Units that come back.</summary>
/// <param name="Lines">Which; all that has left unless said.</param>
/// <param name="Restock">Whether they can be sold again; they can unless said.</param>
/// <param name="Reason">For the record; at most 500 characters.</param>
public sealed record ReturnBody(
    IReadOnlyList<CartLineView>? Lines = null, bool Restock = true, string? Reason = null);

/// <summary><c>/v1/orders</c>: what was bought, and what becomes of it.</summary>
internal static class OrderEndpoints
{
    private const string KeyText =
        "Required: a new UUID an action; repeated with the same one, it has one effect.";

    public static void MapOrders(this IEndpointRouteBuilder v1)
    {
        var orders = v1.MapGroup("/orders").WithTags("Orders");
        orders.MapGet("/{id}", GetAsync).WithName("getOrder")
            .WithSummary("Reads an order")
            .WithProblems(404, 503);
        orders.MapGet("", ListAsync).WithName("listOrders")
            .WithSummary("Lists the newest orders")
            .WithProblems(400, 503);
        Map(orders, "cancel", "cancelOrder", "Cancels what has not left", CancelAsync)
            .WithDescription("Stock and money go back. After a part was shipped: the rest.");
        Map(orders, "capture", "captureOrder", "Takes the authorized money", CaptureAsync)
            .WithDescription("Once an order, all or a part of it; the gateway lets go of the " +
                "rest. Shipping captures by itself.");
        Map(orders, "shipments", "shipOrder", "Tells that units have left", ShipAsync)
            .WithDescription("The first shipment captures what was not captured before.");
        Map(orders, "refunds", "refundOrder", "Gives money back", RefundAsync)
            .WithDescription("Never more than was captured, all refunds together.");
        Map(orders, "returns", "returnOrder", "Takes units back", ReturnAsync)
            .WithDescription("Their price goes back to the buyer, and they into stock.");
        Map(orders, "payment/resume", "resumePayment", "Goes on after the buyer has confirmed",
            ResumeAsync)
            .WithDescription("Asks the gateway what became of the payment that the buyer had to " +
                "confirm (3-D Secure). The gateway's webhook does the same.");
    }

    private static RouteHandlerBuilder Map(
        RouteGroupBuilder orders, string path, string name, string summary, Delegate handler) =>
        orders.MapPost("/{id}/" + path, handler).WithName(name).WithSummary(summary)
            .WithProblems(400, 404, 409, 413, 415, 422, 503);

    private static async Task<Results<Ok<OrderView>, ProblemResult>> GetAsync(
        [Description("The order's id.")] string id, IOrderStore orders, CancellationToken ct) =>
        await orders.GetAsync(new OrderId(id), ct) is { } order
            ? TypedResults.Ok(OrderView.Of(order))
            : (ProblemResult)Problem.NotFound($"There is no order '{id}'.");

    private static async Task<Results<Ok<OrderList>, ProblemResult>> ListAsync(
        IOrderStore orders,
        [Description("How many, 1 to 500; 20 unless said otherwise.")] int? newest,
        [Description("Only this customer's.")] string? customer,
        [Description("Only those in this state, as partlyShipped.")] string? state,
        [Description("Only those begun before this order: the last one of the page before.")]
        string? before,
        [Description("Whether to list checkouts that were never paid, too.")] bool? attempts,
        CancellationToken ct)
    {
        var count = newest ?? 20;
        if (Limited.Check(nameof(newest), count, OrderQuery.LimitMaximum) is { } problem)
            return (ProblemResult)problem;
        OrderState? only = null;
        if (state is not null)
        {
            if (!Enum.TryParse<OrderState>(state, ignoreCase: true, out var parsed)
                || !state.All(char.IsAsciiLetter))
            {
                var known = Enum.GetValues<OrderState>().Select(OrderView.StateText);
                return (ProblemResult)Problem.Invalid(
                    nameof(state), $"must be one of {string.Join(", ", known)}.");
            }
            only = parsed;
        }
        var list = await orders.ListNewestAsync(
            new OrderQuery(count)
            {
                Customer = customer is null ? null : new CustomerId(customer),
                State = only,
                Before = before is null ? null : new OrderId(before),
                Attempts = attempts ?? false,
            },
            ct);
        return TypedResults.Ok(new OrderList([.. list.Select(OrderView.Of)]));
    }

    private static Task<Results<Ok<OrderView>, ProblemResult>> CancelAsync(
        string id, ReasonBody body,
        [FromHeader(Name = RequestConditions.IdempotencyKey), Description(KeyText)] string? key,
        OrderSaga saga, CancellationToken ct) =>
        DoAsync(saga, id, key, k => new CancelOrder(k, body.Reason), ct);

    private static async Task<Results<Ok<OrderView>, ProblemResult>> CaptureAsync(
        string id, AmountBody body,
        [FromHeader(Name = RequestConditions.IdempotencyKey), Description(KeyText)] string? key,
        OrderSaga saga, IOrderStore orders, CancellationToken ct) =>
        await CheckCurrencyAsync(orders, id, body.Amount, ct) is { } foreign
            ? (ProblemResult)foreign
            : await DoAsync(saga, id, key, k => new CapturePayment(k, body.Amount?.Amount), ct);

    private static Task<Results<Ok<OrderView>, ProblemResult>> ShipAsync(
        string id, ShipmentBody body,
        [FromHeader(Name = RequestConditions.IdempotencyKey), Description(KeyText)] string? key,
        OrderSaga saga, CancellationToken ct) =>
        Elements.Check("/lines", body.Lines) is { } missing
            ? Task.FromResult<Results<Ok<OrderView>, ProblemResult>>((ProblemResult)missing)
            : DoAsync(saga, id, key, k => new ShipOrder(k, LinesOf(body.Lines)), ct);

    private static async Task<Results<Ok<OrderView>, ProblemResult>> RefundAsync(
        string id, AmountBody body,
        [FromHeader(Name = RequestConditions.IdempotencyKey), Description(KeyText)] string? key,
        OrderSaga saga, IOrderStore orders, CancellationToken ct) =>
        await CheckCurrencyAsync(orders, id, body.Amount, ct) is { } foreign
            ? (ProblemResult)foreign
            : await DoAsync(
                saga, id, key, k => new RefundOrder(k, body.Amount?.Amount, body.Reason), ct);

    private static Task<Results<Ok<OrderView>, ProblemResult>> ReturnAsync(
        string id, ReturnBody body,
        [FromHeader(Name = RequestConditions.IdempotencyKey), Description(KeyText)] string? key,
        OrderSaga saga, CancellationToken ct) =>
        Elements.Check("/lines", body.Lines) is { } missing
            ? Task.FromResult<Results<Ok<OrderView>, ProblemResult>>((ProblemResult)missing)
            : DoAsync(saga, id, key,
                k => new ReturnOrder(k, LinesOf(body.Lines), body.Restock, body.Reason), ct);

    private static Task<Results<Ok<OrderView>, ProblemResult>> ResumeAsync(
        string id,
        [FromHeader(Name = RequestConditions.IdempotencyKey), Description(KeyText)] string? key,
        OrderSaga saga, CancellationToken ct) =>
        DoAsync(saga, id, key, k => new ResumePayment(k), ct);

    private static async Task<Results<Ok<OrderView>, ProblemResult>> DoAsync(
        OrderSaga saga, string id, string? key, Func<string, OrderCommand> command,
        CancellationToken ct)
    {
        if (RequestConditions.CheckKey(key) is { } noKey) return (ProblemResult)noKey;
        // It goes on when the caller gives up waiting.
        var answer = await saga.DoAsync(new OrderId(id), command(key!), CancellationToken.None)
            .AsTask().WaitAsync(ct);
        return answer.Is(out var order, out var refusal)
            ? TypedResults.Ok(OrderView.Of(order))
            : (ProblemResult)refusal.ToProblem();
    }

    private static async ValueTask<Problem?> CheckCurrencyAsync(
        IOrderStore orders, string id, Money? amount, CancellationToken ct) =>
        amount is { } money && await orders.GetAsync(new OrderId(id), ct) is { } order
            && order.Total.Currency != money.Currency
            ? Problem.Invalid("/amount/currency",
                $"is {money.Currency}, but the order is in {order.Total.Currency}.")
            : null;

    private static ActionLine[] LinesOf(IReadOnlyList<CartLineView>? lines) =>
        lines is null ? [] : [.. lines.Select(
            line => new ActionLine(new Sku(line.ProductId), line.Quantity))];
}
