using FsCheck.Xunit;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Tests.Engine.Pricing;
using Xunit;

namespace StreamCommerce.Tests.Engine.Checkout;

/// <summary>What holds for every order, whatever people do with it and gateways answer.</summary>
public sealed class OrderPropertyTests
{
    [Property(MaxTest = 2_000)]
    public void Money_and_units_stay_within_what_there_is(int seed)
    {
        var random = new Random(seed);
        var trial = OrderTrial.Begin(
            random.Next(2) == 0 ? CaptureMode.Now : CaptureMode.OnShipment, RandomQuote(random));
        for (var i = 0; i < 40; i++)
        {
            trial.Now += TimeSpan.FromSeconds(random.Next(100));
            if (trial.Order.OpenPayment is { } open && random.Next(3) > 0)
                trial.Settle(RandomOutcome(open, random), random.Next(2) == 0 ? "b" : null);
            else if (OrderRules.Decide(trial.Order, RandomCommand(trial.Order, i, random),
                trial.Now) is { } decided && decided.Is(out var change, out _))
                trial.Take(change);
            CheckMoney(trial);
            CheckUnits(trial);
        }
    }

    [Property(MaxTest = 1_000)]
    public void All_returns_and_the_shipping_are_the_total_to_the_cent(int seed)
    {
        var random = new Random(seed);
        var quote = RandomQuote(random);
        if (quote.Total.Amount == 0) return;
        var trial = OrderTrial.Begin(CaptureMode.Now, quote);
        trial.Approve();
        trial.Approve();
        trial.Do(new ShipOrder("s", []));
        for (var i = 0; trial.State != OrderState.Returned; i++)
        {
            var lines = OrderLines.NotReturned(trial.Order);
            var line = lines[random.Next(lines.Count)];
            trial.Do(new ReturnOrder(
                $"r{i}", [line with { Quantity = random.Next(line.Quantity) + 1 }], true, null));
            if (trial.Order.OpenPayment is not null) trial.Approve();
        }

        Assert.Equal(quote.Total, trial.Amounts.Refunded + quote.ShippingTotal);
    }

    [Property(MaxTest = 1_000)]
    public void What_is_shipped_cancelled_and_returned_in_parts_costs_what_the_lines_cost(int seed)
    {
        var random = new Random(seed);
        var quote = RandomQuote(random);
        if (quote.Total.Amount == 0) return;
        var trial = OrderTrial.Begin(CaptureMode.OnShipment, quote);
        trial.Approve();
        var first = quote.Lines[random.Next(quote.Lines.Count)];
        trial.Do(new ShipOrder("s", [new(first.Sku, random.Next(first.Quantity) + 1)]));
        trial.Approve();
        if (trial.State == OrderState.PartlyShipped)
        {
            trial.Do(new CancelOrder("c", null));
            if (trial.Order.OpenPayment is not null) trial.Approve();
        }
        trial.Do(new ReturnOrder("r", [], false, null));
        if (trial.Order.OpenPayment is not null) trial.Approve();

        Assert.Equal(OrderState.Returned, trial.State);
        Assert.Equal(quote.Total, trial.Amounts.Refunded + quote.ShippingTotal);
    }

    /// <summary>Captured within authorized, refunded within captured, on its way or done.
    /// </summary>
    internal static void CheckMoney(OrderTrial trial)
    {
        var held = trial.Order.Payments
            .Where(one => one is { Kind: PaymentKind.Authorize, State: PaymentState.Succeeded })
            .Sum(one => one.Amount.Amount);
        var captured = trial.Order.SumOf(PaymentKind.Capture).Amount;
        Assert.InRange(held, 0, trial.Order.Total.Amount);
        Assert.InRange(captured, 0, held);
        Assert.InRange(trial.Amounts.Captured.Amount, 0, captured);
        Assert.InRange(
            trial.Order.SumOf(PaymentKind.Refund).Amount, 0, trial.Amounts.Captured.Amount);
        Assert.True(trial.Order.Payments.Count(one => one.IsOpen) <= 1, "two are open");
        Assert.Equal(trial.Order.Payments.Count,
            trial.Order.Payments.Select(one => one.Id).Distinct().Count());
        if (trial.State is OrderState.Failed or OrderState.Cancelled)
            Assert.Equal(trial.Amounts.Captured, trial.Amounts.Refunded);
    }

    private static void CheckUnits(OrderTrial trial)
    {
        foreach (var line in trial.Order.Lines)
        {
            var shipped = trial.Order.UnitsOf(line.Sku, OrderActionKind.Shipped);
            var cancelled = trial.Order.UnitsOf(line.Sku, OrderActionKind.Cancelled);
            Assert.InRange(shipped + cancelled, 0, line.Quantity);
            Assert.InRange(
                trial.Order.UnitsOf(line.Sku, OrderActionKind.Returned), 0, shipped);
        }
    }

    private static Quote RandomQuote(Random random)
    {
        var lines = Enumerable.Range(0, random.Next(1, 5)).Select(i => Priced.Line(
            $"p{i}", random.Next(1, 8), random.Next(10) == 0 ? 0 : random.Next(1, 5_000) / 100m));
        var book = Priced.Book(Priced.Percent("some", random.Next(1, 100))) with
        {
            Shipping = [Priced.Post(random.Next(1_000) / 100m)],
            Taxes =
            [
                new()
                {
                    Area = "DE", Rate = random.Next(300) / 10m, ShippingTaxed = true,
                    Included = random.Next(2) == 0,
                },
            ],
        };
        return book.Quote(Priced.Basket([.. lines]) with { Destination = new("DE") });
    }

    private static OrderCommand RandomCommand(Order order, int i, Random random)
    {
        // Some ids come twice, with the same content or another.
        var id = $"a{random.Next(Math.Max(1, i - 3), i + 2)}";
        ActionLine[] lines = [.. order.Lines.Where(_ => random.Next(2) == 0)
            .Select(line => new ActionLine(line.Sku, random.Next(0, line.Quantity + 2)))];
        decimal? amount = random.Next(3) == 0 ? null : random.Next(1, 10_000) / 100m;
        return random.Next(10) switch
        {
            0 => new CancelOrder(id, null),
            1 => new CapturePayment(id, amount),
            2 or 3 or 4 => new ShipOrder(id, lines),
            5 => new RefundOrder(id, amount, null),
            6 or 7 => new ReturnOrder(id, lines, random.Next(2) == 0, null),
            8 => new ReviewOrder(id, random.Next(2) == 0, null),
            _ => new ResumePayment(id),
        };
    }

    private static PaymentOutcome RandomOutcome(PaymentOperation open, Random random) =>
        random.Next(20) switch
        {
            0 => OrderTrial.Decline("lost_card"),
            1 => new PaymentOutcome.Declined("x", DeclineAction.RetryElsewhere),
            2 => new PaymentOutcome.Declined("y", DeclineAction.RetryWithStepUp),
            3 => new PaymentOutcome.Rejected("no"),
            4 => new PaymentOutcome.Unknown("lost"),
            5 => new PaymentOutcome.NotSent("down", TimeSpan.Zero),
            6 => new PaymentOutcome.NeverSeen(),
            7 when open.Kind == PaymentKind.Authorize =>
                new PaymentOutcome.ActionRequired("ref", "token"),
            _ => OrderTrial.Approval(open),
        };
}
