using StreamCommerce.Engine.Checkout;
using Xunit;
using static StreamCommerce.Engine.Checkout.OrderState;
using static StreamCommerce.Engine.Checkout.OrderStep;

namespace StreamCommerce.Tests.Engine.Checkout;

public sealed class OrderTransitionsTests
{
    // Written out by hand, not read from the code: a change of the table has to be made twice.
    private static readonly (OrderState From, OrderStep Step, OrderState To)[] Allowed =
    [
        (Authorizing, Place, Placed),
        (Authorizing, TryAgain, Authorizing),
        (Authorizing, AskBuyer, ActionRequired),
        (Authorizing, Fail, Failed),
        (Authorizing, OrderStep.Void, Voiding),
        (ActionRequired, ResumeAuthorization, Authorizing),
        (ActionRequired, OrderStep.Void, Voiding),
        (InReview, Approve, Authorizing),
        (InReview, Fail, Failed),
        (Voiding, Settle, Failed),
        (Placed, Confirm, Confirmed),
        (Placed, ShipPart, PartlyShipped),
        (Placed, ShipRest, Shipped),
        (Placed, Cancel, Cancelling),
        (Confirmed, ShipPart, PartlyShipped),
        (Confirmed, ShipRest, Shipped),
        (Confirmed, Cancel, Cancelling),
        (Confirmed, Refund, Confirmed),
        (Cancelling, Settle, Cancelled),
        (Cancelling, Refund, Cancelling),
        (PartlyShipped, ShipPart, PartlyShipped),
        (PartlyShipped, ShipRest, Shipped),
        (PartlyShipped, Refund, PartlyShipped),
        (PartlyShipped, ReturnPart, PartlyShipped),
        (Shipped, Refund, Shipped),
        (Shipped, ReturnPart, Shipped),
        (Shipped, ReturnRest, Returned),
        (Returned, Refund, Returned),
    ];

    [Fact]
    public void Every_pair_of_state_and_step_is_allowed_as_written_or_refused()
    {
        var allowed = Allowed.ToDictionary(row => (row.From, row.Step), row => row.To);
        foreach (var state in Enum.GetValues<OrderState>())
        {
            foreach (var step in Enum.GetValues<OrderStep>())
            {
                OrderState? expected =
                    allowed.TryGetValue((state, step), out var next) ? next : null;
                Assert.True(expected == OrderTransitions.Next(state, step),
                    $"{state} + {step} = {OrderTransitions.Next(state, step)}, not {expected}");
            }
        }
    }

    [Fact]
    public void The_numbers_of_states_are_those_that_are_stored() => Assert.Equal(
        "Placed=1 Authorizing=2 ActionRequired=3 InReview=4 Confirmed=5 PartlyShipped=6 " +
        "Shipped=7 Cancelling=8 Cancelled=9 Voiding=10 Failed=11 Returned=12",
        string.Join(' ', Enum.GetValues<OrderState>().Select(state => $"{state}={(byte)state}")));

    [Fact]
    public void What_failed_or_was_cancelled_stays_so()
    {
        foreach (var step in Enum.GetValues<OrderStep>())
        {
            Assert.Null(OrderTransitions.Next(Failed, step));
            Assert.Null(OrderTransitions.Next(Cancelled, step));
        }
    }

    [Fact]
    public void Only_what_holds_a_reservation_alone_is_pending() => Assert.Equal(
        [Authorizing, ActionRequired, InReview],
        Enum.GetValues<OrderState>().Where(state => state.IsPending()));
}
