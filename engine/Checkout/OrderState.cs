using System.Collections.Frozen;

namespace StreamCommerce.Engine.Checkout;

/// <summary>Where an order is.</summary>
/// <remarks>The numbers are stored: never change one, add at the end.</remarks>
public enum OrderState : byte
{
    /// <summary>Bought: its stock is committed, its payment authorized, not yet captured.
    /// </summary>
    Placed = 1,

    /// <summary>Its stock is reserved; a gateway is asked to authorize the payment.</summary>
    Authorizing = 2,

    /// <summary>Its stock is reserved; the buyer must authenticate the payment.</summary>
    ActionRequired = 3,

    /// <summary>Its stock is reserved; a person decides whether it may be sold.</summary>
    InReview = 4,

    /// <summary>Bought and paid.</summary>
    Confirmed = 5,

    /// <summary>Some of it has left.</summary>
    PartlyShipped = 6,

    /// <summary>All of it has left that will.</summary>
    Shipped = 7,

    /// <summary>Was bought and is not any more; the money is on its way back.</summary>
    Cancelling = 8,

    /// <summary>Was bought and is not any more; the money is back.</summary>
    Cancelled = 9,

    /// <summary>Was never bought; an authorization is being given back.</summary>
    Voiding = 10,

    /// <summary>Was never bought; its refusal says why.</summary>
    Failed = 11,

    /// <summary>All of it came back.</summary>
    Returned = 12,
}

/// <summary>What moves an order from a state to the next.</summary>
public enum OrderStep
{
    /// <summary>The gateway holds the money, and the stock is committed.</summary>
    Place,

    /// <summary>The gateway declined, and another attempt follows.</summary>
    TryAgain,

    /// <summary>The gateway asks for the buyer's authentication.</summary>
    AskBuyer,

    /// <summary>The buyer came back from authenticating.</summary>
    ResumeAuthorization,

    /// <summary>A reviewer let it pass.</summary>
    Approve,

    /// <summary>Declined for good, refused by a reviewer, or too late, with no money held.
    /// </summary>
    Fail,

    /// <summary>As <see cref="Fail"/>, while a gateway holds or may hold money.</summary>
    Void,

    /// <summary>All money is captured.</summary>
    Confirm,

    /// <summary>A part leaves.</summary>
    ShipPart,

    /// <summary>The last part leaves, or what is left is cancelled.</summary>
    ShipRest,

    /// <summary>The buyer, the merchant or a lost capture undoes it before anything left.</summary>
    Cancel,

    /// <summary>No money is on its way any more.</summary>
    Settle,

    /// <summary>A part comes back.</summary>
    ReturnPart,

    /// <summary>The last part comes back.</summary>
    ReturnRest,

    /// <summary>Money goes back while the order stays.</summary>
    Refund,
}

/// <summary>The one table of what may become of an order. What is not in it is refused.</summary>
public static class OrderTransitions
{
    private static readonly FrozenDictionary<(OrderState, OrderStep), OrderState> Table =
        new Dictionary<(OrderState, OrderStep), OrderState>
        {
            [(OrderState.Authorizing, OrderStep.Place)] = OrderState.Placed,
            [(OrderState.Authorizing, OrderStep.TryAgain)] = OrderState.Authorizing,
            [(OrderState.Authorizing, OrderStep.AskBuyer)] = OrderState.ActionRequired,
            [(OrderState.Authorizing, OrderStep.Fail)] = OrderState.Failed,
            [(OrderState.Authorizing, OrderStep.Void)] = OrderState.Voiding,
            [(OrderState.ActionRequired, OrderStep.ResumeAuthorization)] = OrderState.Authorizing,
            [(OrderState.ActionRequired, OrderStep.Void)] = OrderState.Voiding,
            [(OrderState.InReview, OrderStep.Approve)] = OrderState.Authorizing,
            [(OrderState.InReview, OrderStep.Fail)] = OrderState.Failed,
            [(OrderState.Voiding, OrderStep.Settle)] = OrderState.Failed,

            [(OrderState.Placed, OrderStep.Confirm)] = OrderState.Confirmed,
            [(OrderState.Placed, OrderStep.ShipPart)] = OrderState.PartlyShipped,
            [(OrderState.Placed, OrderStep.ShipRest)] = OrderState.Shipped,
            [(OrderState.Placed, OrderStep.Cancel)] = OrderState.Cancelling,
            [(OrderState.Confirmed, OrderStep.ShipPart)] = OrderState.PartlyShipped,
            [(OrderState.Confirmed, OrderStep.ShipRest)] = OrderState.Shipped,
            [(OrderState.Confirmed, OrderStep.Cancel)] = OrderState.Cancelling,
            [(OrderState.Confirmed, OrderStep.Refund)] = OrderState.Confirmed,
            [(OrderState.Cancelling, OrderStep.Settle)] = OrderState.Cancelled,
            // A refund that the gateway declined is asked for again.
            [(OrderState.Cancelling, OrderStep.Refund)] = OrderState.Cancelling,

            [(OrderState.PartlyShipped, OrderStep.ShipPart)] = OrderState.PartlyShipped,
            [(OrderState.PartlyShipped, OrderStep.ShipRest)] = OrderState.Shipped,
            [(OrderState.PartlyShipped, OrderStep.Refund)] = OrderState.PartlyShipped,
            [(OrderState.PartlyShipped, OrderStep.ReturnPart)] = OrderState.PartlyShipped,
            [(OrderState.Shipped, OrderStep.Refund)] = OrderState.Shipped,
            [(OrderState.Shipped, OrderStep.ReturnPart)] = OrderState.Shipped,
            [(OrderState.Shipped, OrderStep.ReturnRest)] = OrderState.Returned,
            [(OrderState.Returned, OrderStep.Refund)] = OrderState.Returned,
        }.ToFrozenDictionary();

    /// <summary>The state that a step leads to; null where it is not allowed.</summary>
    public static OrderState? Next(OrderState state, OrderStep step) =>
        Table.TryGetValue((state, step), out var next) ? next : null;

    /// <summary>Whether nobody has bought it yet: it holds a reservation only.</summary>
    public static bool IsPending(this OrderState state) =>
        state is OrderState.Authorizing or OrderState.ActionRequired or OrderState.InReview;
}
