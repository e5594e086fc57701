using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Tests.Engine.Pricing;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Checkout;

/// <summary>
/// An order that goes from step to step without a store or a gateway: a test says what people do
/// and what the gateway answers.
/// </summary>
internal sealed class OrderTrial(Order order)
{
    public const string Gateway = "bank";

    public Order Order { get; private set; } = order;

    public DateTimeOffset Now { get; set; } = order.Terms.StartedAt;

    public OrderState State => Order.State;

    public PaymentAmounts Amounts => PaymentAmounts.Of(Order.Total.Currency, Order.Payments);

    /// <summary>3 tea at 10.01, 1 cup at 7.00, 20 % tax on it, 4.90 to send it.</summary>
    public static OrderTrial Begin(
        CaptureMode capture = CaptureMode.Now, params PricedLine[] lines)
    {
        var book = new PriceBook
        {
            Shipping = [Priced.Post(4.90m)],
            Taxes = [new() { Area = "DE", Rate = 20, ShippingTaxed = true }],
        };
        if (lines.Length == 0) lines = [Priced.Line("tea", 3, 10.01m), Priced.Line("cup", 1, 7m)];
        return Begin(capture, book.Quote(
            Priced.Basket(lines) with { Destination = new("DE") }));
    }

    public static OrderTrial Begin(CaptureMode capture, Quote quote)
    {
        var request = ShopFixture.Request("k") with { Capture = capture };
        var order = CheckoutRules.NewOrder(
            new("order-1"), request, quote, null, null, StockRegion.Home, ShopFixture.Start);
        return new(quote.Total.Amount == 0 ? order
            : order.With(PaymentSteps.FirstOf(order, Gateway, ShopFixture.Start)));
    }

    /// <summary>An order that has come to a state by the usual way.</summary>
    public static OrderTrial At(OrderState state)
    {
        var trial = Begin(
            state == OrderState.Placed ? CaptureMode.OnShipment : CaptureMode.Now);
        switch (state)
        {
            case OrderState.Authorizing:
                break;
            case OrderState.InReview:
                trial.Order = trial.Order.Then(progress => progress with { Payments = [] })
                    with
                { State = OrderState.InReview };
                break;
            case OrderState.Failed:
                trial.Settle(Decline("lost_card"));
                break;
            case OrderState.ActionRequired:
                trial.AskBuyer();
                break;
            case OrderState.Voiding:
                trial.AskBuyer();
                trial.Do(new CancelOrder("c0", null));
                break;
            default:
                trial.Approve();
                trial.After(state);
                break;
        }
        Assert.Equal(state, trial.State);
        return trial;
    }

    private void After(OrderState state)
    {
        if (state == OrderState.Placed) return;
        Approve();
        if (state is OrderState.Cancelling or OrderState.Cancelled)
            Do(new CancelOrder("c0", null));
        if (state == OrderState.Cancelled) Approve();
        if (state == OrderState.PartlyShipped) Do(new ShipOrder("s0", [new(new("tea"), 2)]));
        if (state is OrderState.Shipped or OrderState.Returned) Do(new ShipOrder("s0", []));
        if (state != OrderState.Returned) return;
        Do(new ReturnOrder("r0", [], true, null));
        Approve();
    }

    /// <summary>Takes the step that a command asks for; null where it was done before.</summary>
    public OrderChange? Do(OrderCommand command)
    {
        var decided = OrderRules.Decide(Order, command, Now);
        if (decided is null) return null;
        Assert.True(decided.Value.Is(out var change, out var refusal), refusal?.Detail);
        return Take(change!);
    }

    /// <summary>Why a command is refused.</summary>
    public Refusal Refuse(OrderCommand command)
    {
        var decided = OrderRules.Decide(Order, command, Now);
        Assert.NotNull(decided);
        Assert.False(decided.Value.Is(out _, out var refusal));
        return refusal!;
    }

    /// <summary>The gateway answers to the open operation.</summary>
    public OrderChange Settle(PaymentOutcome outcome, string? nextGateway = null)
    {
        Assert.NotNull(Order.OpenPayment);
        return Take(
            PaymentSteps.Settle(Order, Order.OpenPayment, outcome, nextGateway, Now));
    }

    public OrderChange Approve() => Settle(Approval(Order.OpenPayment!));

    public OrderChange AskBuyer() =>
        Settle(new PaymentOutcome.ActionRequired("ref-3ds", "token"));

    public OrderChange Take(OrderChange change)
    {
        Order = change.Order with { Version = Order.Version + 1 };
        return change;
    }

    public static PaymentOutcome Approval(PaymentOperation operation) =>
        new PaymentOutcome.Approved(operation.Target ?? $"ref-{operation.Id}", operation.Amount);

    public static PaymentOutcome Decline(string code) =>
        new PaymentOutcome.Declined(code, DeclineCodes.ActionOf(code));
}
