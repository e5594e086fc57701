using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pricing;
using Xunit;
using static StreamCommerce.Engine.Checkout.OrderState;

namespace StreamCommerce.Tests.Engine.Checkout;

public sealed class PaymentStepsTests
{
    private static readonly PaymentOutcome Elsewhere =
        new PaymentOutcome.Declined("processing_error", DeclineAction.RetryElsewhere);

    private static readonly PaymentOutcome StepUp =
        new PaymentOutcome.Declined("authentication_required", DeclineAction.RetryWithStepUp);

    private static readonly PaymentOutcome NotSent =
        new PaymentOutcome.NotSent("down", TimeSpan.FromSeconds(5));

    private static readonly PaymentOutcome Unknown = new PaymentOutcome.Unknown("no answer");

    [Fact]
    public void Held_money_commits_the_stock_and_tells_of_the_purchase()
    {
        var trial = OrderTrial.Begin();
        var change = trial.Approve();

        Assert.Equal((Placed, StockEffect.Commit), (trial.State, change.Stock));
        Assert.Equal(EventName.Purchase, Assert.Single(change.Events).Name);
        Assert.Equal(trial.Now, trial.Order.Progress.PlacedAt);
        Assert.Equal(PaymentKind.Capture, trial.Order.OpenPayment!.Kind);
        Assert.Equal(trial.Order.Payments[0].Reference, trial.Order.OpenPayment.Target);
        trial.Approve();
        Assert.Equal(Confirmed, trial.State);
    }

    [Fact]
    public void An_order_to_be_paid_on_shipment_captures_nothing_yet()
    {
        var trial = OrderTrial.Begin(CaptureMode.OnShipment);
        trial.Approve();

        Assert.Null(trial.Order.OpenPayment);
        Assert.Equal(Placed, trial.State);
    }

    [Fact]
    public void A_declined_order_gives_stock_and_coupons_back_and_says_why()
    {
        var trial = OrderTrial.Begin();
        var change = trial.Settle(OrderTrial.Decline("stolen_card"), "other");

        Assert.Equal((Failed, StockEffect.Release), (trial.State, change.Stock));
        Assert.True(change.GivesCouponsBack);
        Assert.Equal(RefusalCode.PaymentDeclined, trial.Order.Progress.Refusal!.Code);
        Assert.Contains("stolen_card", trial.Order.Progress.Refusal.Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_payment_that_the_gateway_cannot_read_is_refused()
    {
        var trial = OrderTrial.Begin();
        trial.Settle(new PaymentOutcome.Rejected("no such token"), "other");

        Assert.Equal(Failed, trial.State);
        Assert.Equal(RefusalCode.PaymentRejected, trial.Order.Progress.Refusal!.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_another_gateway_may_approve_is_asked_there(bool isDeclined)
    {
        var trial = OrderTrial.Begin();
        var outcome = isDeclined ? Elsewhere : NotSent;
        trial.Settle(outcome, "second");
        Assert.Equal(("second", Authorizing),
            (trial.Order.OpenPayment!.Gateway, trial.State));
        Assert.Equal(0, trial.Order.OpenPayment.Tries);

        trial.Settle(outcome, "third");
        trial.Settle(outcome, "fourth");
        Assert.Equal(PaymentSteps.AttemptLimit, trial.Order.Payments.Count);
        trial.Settle(outcome, "fifth");

        Assert.Equal(Failed, trial.State);
        Assert.Equal(
            isDeclined ? RefusalCode.PaymentDeclined : RefusalCode.PaymentUnavailable,
            trial.Order.Progress.Refusal!.Code);
    }

    [Fact]
    public void Where_no_other_gateway_is_left_the_order_fails()
    {
        var declined = OrderTrial.Begin();
        declined.Settle(Elsewhere);
        var unsent = OrderTrial.Begin();
        unsent.Settle(NotSent);

        Assert.Equal(RefusalCode.PaymentDeclined, declined.Order.Progress.Refusal!.Code);
        Assert.Equal(RefusalCode.PaymentUnavailable, unsent.Order.Progress.Refusal!.Code);
    }

    [Fact]
    public void Nobody_else_is_asked_while_an_earlier_sending_may_still_arrive()
    {
        var trial = OrderTrial.Begin();
        trial.Settle(Unknown, "second");
        trial.Settle(NotSent, "second");

        Assert.Equal(OrderTrial.Gateway, Assert.Single(trial.Order.Payments).Gateway);
        Assert.NotNull(trial.Order.OpenPayment);
    }

    [Fact]
    public void The_step_up_is_asked_for_once()
    {
        var trial = OrderTrial.Begin();
        trial.Settle(StepUp, "other");
        Assert.Equal((OrderTrial.Gateway, true, Authorizing),
            (trial.Order.OpenPayment!.Gateway, trial.Order.OpenPayment.StepUp, trial.State));

        trial.Settle(StepUp, "other");

        Assert.Equal(Failed, trial.State);
        Assert.Equal(2, trial.Order.Payments.Count);
    }

    [Fact]
    public void A_step_up_that_was_asked_for_is_asked_for_elsewhere_too()
    {
        var trial = OrderTrial.Begin();
        trial.Settle(StepUp);
        trial.Settle(Elsewhere, "other");

        Assert.True(trial.Order.OpenPayment!.StepUp);
    }

    [Fact]
    public void The_buyer_confirms_and_the_order_goes_on()
    {
        var trial = OrderTrial.At(ActionRequired);
        Assert.Equal("token", trial.Order.Payments[^1].ActionToken);
        Assert.True(trial.Order.DueAt < trial.Order.Terms.HeldUntil);
        trial.Do(new ResumePayment("b1"));
        trial.AskBuyer();
        Assert.Equal(ActionRequired, trial.State);
        trial.Do(new ResumePayment("b2"));
        trial.Approve();

        Assert.Equal(Placed, trial.State);
    }

    [Fact]
    public void What_is_not_known_is_asked_again_after_longer_and_longer_and_never_given_up()
    {
        foreach (var state in (OrderState[])[Authorizing, Placed, Voiding, Cancelling])
        {
            var trial = OrderTrial.At(state);
            if (state == Placed) trial.Do(new CapturePayment("p1", null));
            var waits = new List<TimeSpan>();
            for (var i = 1; i <= PaymentSteps.TryLimit; i++)
            {
                var change = trial.Settle(Unknown, "other");
                Assert.Equal((state, StockEffect.None), (trial.State, change.Stock));
                Assert.Equal(i, trial.Order.OpenPayment!.Tries);
                if (trial.Order.DueAt is { } due) waits.Add(due - trial.Now);
            }

            Assert.Equal(PaymentSteps.TryLimit, waits.Count);
            Assert.Equal([1, 2, 4, 8], waits.Take(4).Select(wait => wait.TotalSeconds));
            Assert.Equal(waits.Order(), waits);
            Assert.Equal(TimeSpan.FromMinutes(5), waits[^2]);
            Assert.Equal(TimeSpan.FromHours(1), waits[^1]);
            Assert.NotNull(trial.Order.OpenPayment);
            Assert.DoesNotContain(trial.Order.Payments, one => one.Gateway == "other");
        }
    }

    [Theory]
    [InlineData(Placed)]
    [InlineData(Voiding)]
    [InlineData(Cancelling)]
    public void What_is_owed_to_one_gateway_waits_for_it(OrderState state)
    {
        var trial = OrderTrial.At(state);
        if (state == Placed) trial.Do(new CapturePayment("p1", null));
        trial.Settle(NotSent, "other");
        trial.Settle(new PaymentOutcome.NeverSeen());

        Assert.Equal(state, trial.State);
        Assert.Equal((PaymentState.Pending, 2, OrderTrial.Gateway),
            (trial.Order.OpenPayment!.State, trial.Order.OpenPayment.Tries,
                trial.Order.OpenPayment.Gateway));
    }

    [Fact]
    public void Money_that_cannot_be_taken_undoes_what_has_not_left()
    {
        var trial = OrderTrial.Begin();
        trial.Approve();
        var change = trial.Settle(OrderTrial.Decline("generic_decline"));

        Assert.Equal((Cancelling, StockEffect.Unsell), (trial.State, change.Stock));
        Assert.Equal(RefusalCode.PaymentDeclined, trial.Order.Progress.Refusal!.Code);
        Assert.Equal(PaymentKind.Void, trial.Order.OpenPayment!.Kind);
        trial.Approve();
        Assert.Equal(Cancelled, trial.State);
    }

    [Fact]
    public void Stock_that_was_lost_gives_the_held_money_back()
    {
        var trial = OrderTrial.Begin();
        var operation = trial.Order.OpenPayment!;
        var change = trial.Take(PaymentSteps.StockLost(
            trial.Order, operation, OrderTrial.Approval(operation), trial.Now));

        Assert.Equal((Voiding, StockEffect.Release), (trial.State, change.Stock));
        Assert.Equal(RefusalCode.StockLost, trial.Order.Progress.Refusal!.Code);
        Assert.Equal((PaymentKind.Void, trial.Order.Total),
            (trial.Order.OpenPayment!.Kind, trial.Order.OpenPayment.Amount));
        trial.Approve();
        Assert.Equal(Failed, trial.State);
    }

    [Fact]
    public void An_order_that_costs_nothing_is_confirmed_without_a_gateway()
    {
        var trial = OrderTrial.Begin(CaptureMode.Now, Priced.Book().Quote(
            Priced.Basket(Priced.Line("sample", 1, 0m))));
        var change = trial.Take(PaymentSteps.PlaceFree(trial.Order, trial.Now));

        Assert.Equal((Confirmed, StockEffect.Commit), (trial.State, change.Stock));
        Assert.Empty(trial.Order.Payments);
        trial.Do(new CancelOrder("c1", null));
        Assert.Equal(Cancelled, trial.State);
    }

    [Fact]
    public void Every_outcome_of_every_operation_leads_somewhere()
    {
        foreach (var state in Enum.GetValues<OrderState>())
        {
            foreach (var command in (OrderCommand?[])
                [null, new CapturePayment("x", 5m), new RefundOrder("x", 5m, null),
                    new ShipOrder("x", []), new ReturnOrder("x", [], true, null)])
            {
                foreach (var outcome in Outcomes)
                {
                    var trial = OrderTrial.At(state);
                    if (command is not null
                        && OrderRules.Decide(trial.Order, command, trial.Now) is { } decided
                        && decided.Is(out var change, out _)) trial.Take(change);
                    if (trial.Order.OpenPayment is not { } open) continue;
                    var isKnown = outcome is PaymentOutcome.Approved or PaymentOutcome.Declined
                        or PaymentOutcome.ActionRequired or PaymentOutcome.Rejected;
                    trial.Settle(outcome is PaymentOutcome.Approved
                        ? OrderTrial.Approval(open) : outcome, "other");

                    var settled = trial.Order.Payments.Single(one => one.Id == open.Id);
                    Assert.Equal(open.Tries + 1, settled.Tries);
                    if (isKnown) Assert.False(settled.IsOpen);
                    OrderPropertyTests.CheckMoney(trial);
                }
            }
        }
    }

    private static PaymentOutcome[] Outcomes =>
    [
        new PaymentOutcome.Approved("", default), OrderTrial.Decline("lost_card"), Elsewhere,
        StepUp, NotSent, Unknown, new PaymentOutcome.NeverSeen(),
        new PaymentOutcome.ActionRequired("r", "t"), new PaymentOutcome.Rejected("no"),
    ];
}
