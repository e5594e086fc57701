using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Engine.Checkout;

/// <summary>Takes buyers' requests through the saga: quote, reserve, screen, pay. Any thread.
/// </summary>
/// <param name="quotes">Prices what is asked for.</param>
/// <param name="store">Keeps orders.</param>
/// <param name="saga">Takes orders on from step to step.</param>
/// <param name="payments">Chooses the gateway.</param>
/// <param name="screen">Screens for fraud.</param>
/// <param name="region">Whose stock this shop sells.</param>
/// <param name="time">The clock; gives the ids their time.</param>
/// <param name="newId">Makes an order's id; one that grows with time unless given.</param>
public sealed class CheckoutDesk(
    QuoteDesk quotes,
    ICheckoutStore store,
    OrderSaga saga,
    PaymentDesk payments,
    FraudScreen screen,
    StockRegion region,
    TimeProvider time,
    Func<DateTimeOffset, Guid>? newId = null)
{
    // Version 7: ids that grow with time keep the stores' indexes dense at their end.
    private readonly Func<DateTimeOffset, Guid> _newId = newId ?? Guid.CreateVersion7;

    /// <summary>
    /// Buys all that is asked for, or says why not. The answer's state tells whether the buyer
    /// or a reviewer is still to act.
    /// </summary>
    public async ValueTask<Answer<CheckoutAnswer>> PlaceAsync(
        CheckoutRequest request, CancellationToken ct)
    {
        if (CheckoutRules.Check(request) is { } invalid) return invalid;
        var hash = request.Hash();
        if ((await quotes.PriceAsync(request, ct)).Is(out var priced, out var refusal))
            refusal = CheckoutRules.CheckPayment(request, priced.Quote);
        var begin = refusal is null
            ? Begin(request, hash, priced!)
            : new BeginCheckout(request.Key, hash, null, refusal, null);
        // It goes on when the buyer gives up waiting: half a checkout would help nobody.
        return await BuyAsync(begin).WaitAsync(ct);
    }

    private async Task<Answer<CheckoutAnswer>> BuyAsync(BeginCheckout begin)
    {
        var begun = await store.BeginAsync(begin, CancellationToken.None);
        if (!begun.Is(out var started, out var no)) return no;
        if (started.Replayed) return Replay(started.Order);
        var terms = started.Order.Terms;
        if (terms.Screened is not null) screen.Record(terms.Screened, terms.Screening!);
        return ToAnswer(await saga.RunFirstAsync(started.Order), replayed: false);
    }

    private BeginCheckout Begin(CheckoutRequest request, ulong hash, PricedRequest priced)
    {
        var (quote, bundles) = priced;
        var now = time.GetUtcNow();
        var id = _newId(now).ToString("N");
        var screened = quote.Total.Amount == 0
            ? null
            : CheckoutRules.ToScreen(request, new(id), quote, now);
        var screening = screened is null ? null : screen.Screen(screened);
        var order = CheckoutRules.NewOrder(
            new(id), request, quote, screened, screening, region, now);
        if (bundles is not null)
            order = order with { Terms = order.Terms with { Bundles = bundles } };
        if (order.State == OrderState.Authorizing && order.Total.Amount > 0)
        {
            var gateway = payments.Route(CheckoutRules.ToRoute(order, []));
            if (gateway is null)
            {
                return new(request.Key, hash, null, PaymentSteps.NoGateway, null);
            }
            order = order.With(PaymentSteps.FirstOf(order, gateway, now));
        }
        return new(
            request.Key, hash, order, null,
            order.State == OrderState.Failed
                ? null
                : new StockRequest(
                    order.Terms.Reservation,
                    BundleRules.ToStock(
                        [.. quote.Lines.Select(line => new StockLine(line.Sku, line.Quantity))],
                        bundles),
                    region,
                    order.Terms.HeldUntil - now));
    }

    private static Answer<CheckoutAnswer> Replay(Order order) =>
        order.Progress.AnsweredState is null
            ? new Refusal(RefusalCode.InProgress,
                "The first request with this idempotency key is still being worked on; ask " +
                "again in a moment.")
            : ToAnswer(order, replayed: true);

    private static Answer<CheckoutAnswer> ToAnswer(Order order, bool replayed)
    {
        var told = order.Progress.AnsweredState ?? OrderState.Authorizing;
        // Cancelled by its own first request: the money that was held could not be taken.
        return told is OrderState.Failed or OrderState.Voiding
            or OrderState.Cancelling or OrderState.Cancelled
            ? order.Progress.Refusal!
            : new CheckoutAnswer(order, told, replayed);
    }
}
