using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;
using Xunit;
using static StreamCommerce.Engine.Checkout.OrderState;

namespace StreamCommerce.Tests.Engine.Checkout;

public sealed class OrderRulesTests
{
    private static readonly ActionLine Tea = new(new("tea"), 1);

    // 3 × 10.01 + 7.00 = 37.03, shipping 4.90; 20 % tax on each line: 36.04 + 8.40 + 5.88.
    private const decimal Total = 50.32m;
    private const decimal Shipping = 5.88m;

    [Theory]
    [InlineData(Authorizing, null, RefusalCode.InProgress)]
    [InlineData(ActionRequired, Voiding, null)]
    [InlineData(InReview, Failed, null)]
    [InlineData(Placed, Cancelling, null)]
    [InlineData(Confirmed, Cancelling, null)]
    [InlineData(PartlyShipped, Shipped, null)]
    [InlineData(Shipped, null, RefusalCode.OrderState)]
    [InlineData(Cancelling, null, RefusalCode.InProgress)]
    [InlineData(Cancelled, null, RefusalCode.OrderState)]
    [InlineData(Voiding, null, RefusalCode.InProgress)]
    [InlineData(Failed, null, RefusalCode.OrderState)]
    [InlineData(Returned, null, RefusalCode.OrderState)]
    public void Cancelling_depends_on_how_far_the_order_has_come(
        OrderState state, OrderState? next, RefusalCode? refusal)
    {
        var trial = OrderTrial.At(state);
        var cancel = new CancelOrder("c1", "changed my mind");
        if (refusal is { } code)
        {
            Assert.Equal(code, trial.Refuse(cancel).Code);
            return;
        }
        trial.Do(cancel);

        Assert.Equal(next, trial.State);
        if (next != Shipped) Assert.Equal(
            RefusalCode.OrderCancelled, trial.Order.Progress.Refusal!.Code);
    }

    [Fact]
    public void A_paid_order_that_is_cancelled_gives_back_stock_coupons_and_all_money()
    {
        var trial = OrderTrial.At(Confirmed);
        var change = trial.Do(new CancelOrder("c1", null))!;

        Assert.Equal(StockEffect.Unsell, change.Stock);
        Assert.Equal(4, change.Restocked!.Lines.Sum(line => line.Quantity));
        Assert.True(change.GivesCouponsBack);
        Assert.Equal(EventName.Refund, Assert.Single(change.Events).Name);
        var refund = trial.Order.OpenPayment!;
        Assert.Equal((PaymentKind.Refund, Total), (refund.Kind, refund.Amount.Amount));
        trial.Approve();
        Assert.Equal(Cancelled, trial.State);
    }

    [Fact]
    public void An_order_that_is_not_captured_yet_is_voided_when_it_is_cancelled()
    {
        var trial = OrderTrial.At(Placed);
        trial.Do(new CancelOrder("c1", null));

        Assert.Equal(PaymentKind.Void, trial.Order.OpenPayment!.Kind);
        trial.Approve();
        Assert.Equal(Cancelled, trial.State);
    }

    [Fact]
    public void A_refund_before_the_cancellation_is_not_given_twice()
    {
        var trial = OrderTrial.At(Confirmed);
        trial.Do(new RefundOrder("f1", 10m, null));
        trial.Approve();
        trial.Do(new CancelOrder("c1", null));

        Assert.Equal(Total - 10m, trial.Order.OpenPayment!.Amount.Amount);
    }

    [Fact]
    public void A_refund_that_the_gateway_declined_can_be_asked_for_again()
    {
        var trial = OrderTrial.At(Cancelling);
        trial.Settle(OrderTrial.Decline("generic_decline"));
        Assert.Equal(Cancelling, trial.State);

        trial.Do(new RefundOrder("f1", null, "by hand"));
        trial.Approve();

        Assert.Equal(Cancelled, trial.State);
        Assert.Equal(Total, trial.Amounts.Refunded.Amount);
    }

    [Fact]
    public void Parts_are_shipped_until_nothing_is_left()
    {
        var trial = OrderTrial.At(Confirmed);
        trial.Do(new ShipOrder("s1", [Tea]));
        Assert.Equal(PartlyShipped, trial.State);
        Assert.Equal(RefusalCode.InvalidQuantity,
            trial.Refuse(new ShipOrder("s2", [Tea with { Quantity = 3 }])).Code);
        Assert.Equal(RefusalCode.InvalidQuantity,
            trial.Refuse(new ShipOrder("s2", [new(new("hat"), 1)])).Code);
        Assert.Equal(RefusalCode.InvalidQuantity,
            trial.Refuse(new ShipOrder("s2", [Tea, Tea])).Code);
        Assert.Equal(RefusalCode.InvalidQuantity,
            trial.Refuse(new ShipOrder("s2", [Tea with { Quantity = 0 }])).Code);

        trial.Do(new ShipOrder("s2", []));

        Assert.Equal(Shipped, trial.State);
        Assert.Equal(RefusalCode.OrderState, trial.Refuse(new ShipOrder("s3", [])).Code);
    }

    [Fact]
    public void The_first_shipment_takes_the_money_of_an_order_that_is_paid_on_shipment()
    {
        var trial = OrderTrial.At(Placed);
        trial.Do(new ShipOrder("s1", [Tea]));

        var capture = trial.Order.OpenPayment!;
        Assert.Equal((PaymentKind.Capture, Total), (capture.Kind, capture.Amount.Amount));
        Assert.Equal(RefusalCode.InProgress, trial.Refuse(new ShipOrder("s2", [])).Code);
        trial.Approve();
        Assert.Equal(PartlyShipped, trial.State);
        trial.Do(new ShipOrder("s2", []));
        Assert.Null(trial.Order.OpenPayment);
    }

    [Fact]
    public void Money_that_was_not_there_at_the_shipment_can_be_captured_later()
    {
        var trial = OrderTrial.At(Placed);
        trial.Do(new ShipOrder("s1", []));
        trial.Settle(OrderTrial.Decline("generic_decline"));
        Assert.Equal(Shipped, trial.State);

        trial.Do(new CapturePayment("p1", null));
        trial.Approve();

        Assert.Equal(Total, trial.Amounts.Captured.Amount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(50.33)]
    [InlineData(1.001)]
    public void Impossible_amounts_are_neither_captured_nor_refunded(double amount)
    {
        Assert.Equal(RefusalCode.InvalidAmount, OrderTrial.At(Placed)
            .Refuse(new CapturePayment("p1", (decimal)amount)).Code);
        Assert.Equal(RefusalCode.InvalidAmount, OrderTrial.At(Confirmed)
            .Refuse(new RefundOrder("f1", (decimal)amount, null)).Code);
    }

    [Fact]
    public void An_authorization_is_captured_once()
    {
        var trial = OrderTrial.At(Placed);
        trial.Do(new CapturePayment("p1", 20m));
        trial.Approve();

        Assert.Equal(Confirmed, trial.State);
        Assert.Equal(RefusalCode.OrderState, trial.Refuse(new CapturePayment("p2", 1m)).Code);
        Assert.Equal(RefusalCode.InvalidAmount,
            trial.Refuse(new RefundOrder("f1", 20.01m, null)).Code);
    }

    [Fact]
    public void What_is_cancelled_is_not_captured_even_where_the_void_was_refused()
    {
        var trial = OrderTrial.At(Placed);
        trial.Do(new CancelOrder("c1", null));
        trial.Settle(new PaymentOutcome.Rejected("unknown"));

        Assert.Equal(Cancelled, trial.State);
        Assert.Equal(RefusalCode.OrderState, trial.Refuse(new CapturePayment("p1", null)).Code);
    }

    [Fact]
    public void The_rest_of_a_part_shipment_is_cancelled_and_paid_back_without_shipping()
    {
        var trial = OrderTrial.At(PartlyShipped);
        var change = trial.Do(new CancelOrder("c1", null))!;

        Assert.Equal(Shipped, trial.State);
        Assert.Equal([new(new("tea"), 1), new ActionLine(new("cup"), 1)],
            trial.Order.Progress.Actions[^1].Lines);
        Assert.Equal(StockEffect.Unsell, change.Stock);
        // A third of 36.04 (12.01; the last one of three), and the cup.
        Assert.Equal(12.01m + 8.40m, trial.Order.OpenPayment!.Amount.Amount);
    }

    [Fact]
    public void Refunds_add_up_to_no_more_than_was_captured()
    {
        var trial = OrderTrial.At(Confirmed);
        trial.Do(new RefundOrder("f1", 30m, "late"));
        Assert.Equal(RefusalCode.InProgress,
            trial.Refuse(new RefundOrder("f2", 1m, null)).Code);
        trial.Approve();
        Assert.Equal(RefusalCode.InvalidAmount,
            trial.Refuse(new RefundOrder("f2", 20.33m, null)).Code);

        trial.Do(new RefundOrder("f2", null, null));
        trial.Approve();

        Assert.Equal(Total, trial.Amounts.Refunded.Amount);
        Assert.Equal(RefusalCode.InvalidAmount,
            trial.Refuse(new RefundOrder("f3", null, null)).Code);
        Assert.Equal(Confirmed, trial.State);
    }

    [Fact]
    public void Units_that_come_back_go_into_stock_and_their_price_to_the_buyer()
    {
        var trial = OrderTrial.At(Shipped);
        var change = trial.Do(new ReturnOrder("r1", [Tea], true, "too bitter"))!;

        Assert.Equal(StockEffect.Restock, change.Stock);
        Assert.Equal(new("tea"), Assert.Single(change.Restocked!.Lines).Sku);
        Assert.Equal(12.01m, trial.Order.OpenPayment!.Amount.Amount);
        trial.Approve();
        Assert.Equal(Shipped, trial.State);

        trial.Do(new ReturnOrder("r2", [], true, null));
        trial.Approve();

        Assert.Equal(Returned, trial.State);
        // The way there was made: what it cost goes back by a refund only.
        Assert.Equal(Total - Shipping, trial.Amounts.Refunded.Amount);
        trial.Do(new RefundOrder("f1", null, "goodwill"));
        trial.Approve();
        Assert.Equal(Total, trial.Amounts.Refunded.Amount);
    }

    [Fact]
    public void Broken_units_come_back_without_going_into_stock()
    {
        var change = OrderTrial.At(Shipped).Do(new ReturnOrder("r1", [Tea], false, "broken"))!;

        Assert.Equal(StockEffect.None, change.Stock);
        Assert.Null(change.Restocked);
    }

    [Fact]
    public void Only_what_has_left_comes_back()
    {
        var trial = OrderTrial.At(PartlyShipped);

        Assert.Equal(RefusalCode.InvalidQuantity, trial.Refuse(
            new ReturnOrder("r1", [Tea with { Quantity = 3 }], true, null)).Code);
        Assert.Equal(RefusalCode.OrderState,
            OrderTrial.At(Confirmed).Refuse(new ReturnOrder("r1", [], true, null)).Code);
    }

    [Fact]
    public void A_reviewer_lets_an_order_pass_or_not()
    {
        var approved = OrderTrial.At(InReview);
        approved.Do(new ReviewOrder("v1", true, "known"));
        var rejected = OrderTrial.At(InReview);
        var change = rejected.Do(new ReviewOrder("v1", false, "stolen"))!;

        Assert.Equal(Authorizing, approved.State);
        Assert.Equal((Failed, StockEffect.Release), (rejected.State, change.Stock));
        Assert.Equal(RefusalCode.FraudSuspected, rejected.Order.Progress.Refusal!.Code);
        Assert.Equal(RefusalCode.OrderState,
            OrderTrial.At(Confirmed).Refuse(new ReviewOrder("v1", true, null)).Code);
    }

    [Theory]
    [InlineData(ActionRequired, Voiding)]
    [InlineData(InReview, Failed)]
    public void What_nobody_completes_lapses(OrderState state, OrderState next)
    {
        var trial = OrderTrial.At(state);
        var end = trial.Order.LapsesAt;
        Assert.Null(OrderRules.Lapse(trial.Order, end.AddTicks(-1)));
        var lapsed = OrderRules.Lapse(trial.Order, end)!;

        Assert.Equal((next, StockEffect.Release), (lapsed.Order.State, lapsed.Stock));
        Assert.True(lapsed.GivesCouponsBack);
        Assert.Equal(
            RefusalCode.ReservationClosed, lapsed.Order.Progress.Refusal!.Code);
    }

    [Fact]
    public void Nothing_else_lapses()
    {
        foreach (var state in Enum.GetValues<OrderState>())
        {
            if (state is ActionRequired or InReview) continue;
            var trial = OrderTrial.At(state);
            Assert.Null(OrderRules.Lapse(trial.Order, trial.Now));
        }
    }

    [Fact]
    public void Coming_back_from_confirming_asks_the_gateway_or_says_what_it_came_to()
    {
        foreach (var state in Enum.GetValues<OrderState>())
        {
            var trial = OrderTrial.At(state);
            var change = trial.Do(new ResumePayment("b1"));
            if (state != ActionRequired)
            {
                Assert.Null(change);
                continue;
            }
            Assert.Equal((Authorizing, PaymentState.Unknown),
                (trial.State, trial.Order.OpenPayment!.State));
        }
    }

    [Fact]
    public void An_action_that_is_repeated_has_one_effect_and_its_id_is_used_up()
    {
        OrderCommand[] commands =
        [
            new CancelOrder("a", null), new ShipOrder("a", []), new ShipOrder("a", [Tea]),
            new RefundOrder("a", null, null), new RefundOrder("a", 5m, null),
            new CapturePayment("a", null), new CapturePayment("a", 5m),
            new ReviewOrder("a", true, null), new ReviewOrder("a", false, null),
            new ReturnOrder("a", [], true, null), new ReturnOrder("a", [], false, null),
            new ReturnOrder("a", [Tea], true, null),
        ];
        foreach (var command in commands)
        {
            var trial = OrderTrial.At(command switch
            {
                ReviewOrder => InReview,
                CapturePayment => Placed,
                ReturnOrder => Shipped,
                _ => Confirmed,
            });
            Assert.NotNull(trial.Do(command));
            Assert.Null(trial.Do(command));
            foreach (var other in commands.Where(other => other != command))
                Assert.Equal(RefusalCode.IdReused, trial.Refuse(other).Code);
        }
    }

    [Fact]
    public void An_action_without_a_proper_id_or_with_a_long_reason_is_refused()
    {
        var trial = OrderTrial.At(Confirmed);
        foreach (var id in new[] { "", "a\n", new string('x', OrderRules.IdLengthLimit + 1) })
            Assert.Equal(RefusalCode.Invalid, trial.Refuse(new CancelOrder(id, null)).Code);
        Assert.Equal(RefusalCode.Invalid,
            trial.Refuse(new CancelOrder("c", new string('x', 501))).Code);
    }

    [Fact]
    public void An_order_has_so_many_actions_and_no_more()
    {
        var trial = OrderTrial.At(Confirmed);
        for (var i = 0; i < OrderRules.ActionLimit; i++)
        {
            trial.Do(new RefundOrder($"f{i}", 0.01m, null));
            trial.Approve();
        }

        Assert.Equal(RefusalCode.LineLimit,
            trial.Refuse(new RefundOrder("one more", 0.01m, null)).Code);
        Assert.Null(trial.Do(new RefundOrder("f0", 0.01m, null)));
    }
}
