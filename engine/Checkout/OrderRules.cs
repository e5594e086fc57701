using System.Diagnostics;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>
/// What people do with orders. Pure: order, command and time in, a step out. Money moves by
/// operations that are stored here and sent afterwards; captured stays within authorized and
/// refunded within captured, counting what is still on its way.
/// </summary>
public static class OrderRules
{
    /// <summary>Actions of an order: more is a program that runs wild.</summary>
    public const int ActionLimit = 500;

    /// <summary>Characters of an action's id.</summary>
    public const int IdLengthLimit = 90;

    /// <summary>
    /// The step that a command asks for; null where it was done before, and the order answers.
    /// </summary>
    public static Answer<OrderChange>? Decide(Order order, OrderCommand command, DateTimeOffset now)
    {
        if (Check(command) is { } invalid) return invalid;
        var asked = ActionOf(order, command, now);
        if (asked is not null && order.Progress.Actions.FirstOrDefault(a => a.Id == asked.Id)
            is { } done)
        {
            if (done.AsksSameAs(asked)) return null;
            return new Refusal(RefusalCode.IdReused,
                $"Order {order.Id} knows the id '{asked.Id}' for another action; use a new one.");
        }
        if (order.Progress.Actions.Count >= ActionLimit)
        {
            return new Refusal(RefusalCode.LineLimit,
                $"Order {order.Id} has {ActionLimit} actions, which is the limit.");
        }
        // The gateway's word may have come first: then the order says what it came to.
        if (command is ResumePayment && order.State != OrderState.ActionRequired) return null;
        return command switch
        {
            ResumePayment => Resumed(order, now),
            ReviewOrder review => Review(order, review, asked!, now),
            CancelOrder => Cancel(order, asked!, now),
            CapturePayment => Capture(order, asked!, now),
            ShipOrder => Ship(order, asked!, now),
            RefundOrder => Refund(order, asked!, now),
            ReturnOrder back => Return(order, back, asked!, now),
            _ => throw new UnreachableException($"{command.GetType()} is no order command."),
        };
    }

    /// <summary>
    /// What was started and never bought, when its reservation has ended: it fails, and a
    /// payment that waits for the buyer is given back.
    /// </summary>
    public static OrderChange? Lapse(Order order, DateTimeOffset now)
    {
        if (order.State is not (OrderState.ActionRequired or OrderState.InReview)
            || now < order.LapsesAt) return null;
        return GiveUp(order.Refused(new(RefusalCode.ReservationClosed,
            "The order was not completed in time, so its stock was released. " +
            "Nothing is charged.")), now);
    }

    /// <summary>The order when its buyer may have confirmed the payment: the gateway is asked.
    /// </summary>
    internal static OrderChange Resumed(Order order, DateTimeOffset now) => new(
        order.ToState(OrderStep.ResumeAuthorization).WithPayment(
            order.Payments[^1] with { State = PaymentState.Unknown, NextTryAt = now }));

    /// <summary>Takes a bought order back before anything left: stock and money.</summary>
    internal static OrderChange Undo(Order order, string operation, DateTimeOffset now)
    {
        var undone = order.ToState(OrderStep.Cancel);
        if (order.Authorization() is { } held)
        {
            var captured = order.SumOf(PaymentKind.Capture) - order.SumOf(PaymentKind.Refund);
            undone = captured.Amount > 0
                ? undone.WithNew(PaymentKind.Refund, held, captured, now)
                : order.SumOf(PaymentKind.Capture).Amount == 0
                    ? undone.WithNew(PaymentKind.Void, held, held.Amount, now)
                    : undone;
        }
        ActionLine[] all = [.. order.Lines.Select(l => new ActionLine(l.Sku, l.Quantity))];
        return new(
            undone.SettledIfDone(now), StockEffect.Unsell, Back(order, operation, all),
            [OrderEvents.Refund(order, operation, all, now)], GivesCouponsBack: true);
    }


    private static Answer<OrderChange> Review(
        Order order, ReviewOrder review, OrderAction action, DateTimeOffset now)
    {
        if (order.State != OrderState.InReview) return NotNow(order, "reviewed");
        if (review.Approved) return new OrderChange(
            order.With(action).ToState(OrderStep.Approve));
        return GiveUp(order.With(action).Refused(new(RefusalCode.FraudSuspected,
            "The order was reviewed and not accepted. Nothing is charged.")), now);
    }

    private static Answer<OrderChange> Cancel(Order order, OrderAction action, DateTimeOffset now)
    {
        if (order.State is OrderState.ActionRequired or OrderState.InReview)
        {
            return GiveUp(order.With(action).Refused(new(RefusalCode.OrderCancelled,
                "The order was cancelled before it was paid. Nothing is charged.")), now);
        }
        if (order.OpenPayment is not null) return Busy(order);
        if (order.State == OrderState.PartlyShipped) return CancelRest(order, action, now);
        return OrderTransitions.Next(order.State, OrderStep.Cancel) is null
            ? NotNow(order, "cancelled")
            : Undo(order.With(action).Refused(new(RefusalCode.OrderCancelled,
                action.Reason ?? "The order was cancelled.")), OperationOf(order, action), now);
    }

    private static Answer<OrderChange> CancelRest(
        Order order, OrderAction action, DateTimeOffset now)
    {
        var rest = OrderLines.NotShipped(order);
        var next = order.With(action with { Lines = rest }).ToState(OrderStep.ShipRest);
        return GiveBack(order, next, OrderLines.PriceOf(order, rest), rest,
            StockEffect.Unsell, OperationOf(order, action), now);
    }

    private static Answer<OrderChange> Capture(
        Order order, OrderAction action, DateTimeOffset now)
    {
        if (order.Authorization() is not { } held || order.State is not (OrderState.Placed
            or OrderState.Confirmed or OrderState.PartlyShipped or OrderState.Shipped))
        {
            return NotNow(order, "captured");
        }
        if (order.OpenPayment is not null) return Busy(order);
        if (order.SumOf(PaymentKind.Capture).Amount > 0
            || order.SumOf(PaymentKind.Void).Amount > 0)
        {
            return NotNow(order, "captured again: an authorization is captured once");
        }
        var amount = action.Amount ?? held.Amount;
        if (CheckAmount(amount, held.Amount, "authorized") is { } refusal) return refusal;
        return new OrderChange(
            order.With(action).WithNew(PaymentKind.Capture, held, amount, now));
    }

    private static Answer<OrderChange> Ship(Order order, OrderAction action, DateTimeOffset now)
    {
        if (OrderTransitions.Next(order.State, OrderStep.ShipPart) is null)
            return NotNow(order, "shipped");
        if (order.OpenPayment is not null) return Busy(order);
        var left = OrderLines.NotShipped(order);
        var lines = action.Lines.Count == 0 ? left : action.Lines;
        if (OrderLines.Check(lines, left, "left to ship") is { } wrong) return wrong;
        var isLast = lines.Sum(l => (long)l.Quantity) == left.Sum(l => (long)l.Quantity);
        var next = order.With(action with { Lines = lines })
            .ToState(isLast ? OrderStep.ShipRest : OrderStep.ShipPart);
        // A card is charged once for an authorization, so the first parcel takes all of it.
        if (order.Authorization() is { } held && order.SumOf(PaymentKind.Capture).Amount == 0)
            next = next.WithNew(PaymentKind.Capture, held, held.Amount, now);
        return new OrderChange(next, StockEffect.Ship);
    }

    private static Answer<OrderChange> Refund(
        Order order, OrderAction action, DateTimeOffset now)
    {
        if (OrderTransitions.Next(order.State, OrderStep.Refund) is null)
            return NotNow(order, "refunded");
        if (order.OpenPayment is not null) return Busy(order);
        var left = order.SumOf(PaymentKind.Capture) - order.SumOf(PaymentKind.Refund);
        var amount = action.Amount ?? left;
        if (CheckAmount(amount, left, "left to refund") is { } refusal) return refusal;
        return new OrderChange(order.With(action)
            .ToState(OrderStep.Refund)
            .WithNew(PaymentKind.Refund, order.Authorization()!, amount, now));
    }

    private static Answer<OrderChange> Return(
        Order order, ReturnOrder command, OrderAction action, DateTimeOffset now)
    {
        if (OrderTransitions.Next(order.State, OrderStep.ReturnPart) is null)
            return NotNow(order, "returned");
        if (order.OpenPayment is not null) return Busy(order);
        var left = OrderLines.NotReturned(order);
        var lines = action.Lines.Count == 0 ? left : action.Lines;
        if (OrderLines.Check(lines, left, "left to return") is { } wrong) return wrong;
        var isLast = order.State == OrderState.Shipped
            && lines.Sum(l => (long)l.Quantity) == left.Sum(l => (long)l.Quantity);
        var next = order.With(action with { Lines = lines })
            .ToState(isLast ? OrderStep.ReturnRest : OrderStep.ReturnPart);
        return GiveBack(order, next, OrderLines.PriceOf(order, lines), lines,
            command.Restock ? StockEffect.Restock : StockEffect.None,
            OperationOf(order, action), now);
    }

    // Money for units that come back or do not leave, as far as there is any left.
    private static OrderChange GiveBack(
        Order before, Order next, Money price, IReadOnlyList<ActionLine> lines,
        StockEffect stock, string operation, DateTimeOffset now)
    {
        var left = before.SumOf(PaymentKind.Capture) - before.SumOf(PaymentKind.Refund);
        var amount = price.Amount < left.Amount ? price : left;
        if (amount.Amount > 0)
            next = next.WithNew(PaymentKind.Refund, before.Authorization()!, amount, now);
        return new(
            next,
            stock,
            stock == StockEffect.None ? null : Back(before, operation, lines),
            [OrderEvents.Refund(before, operation, lines, now)]);
    }

    private static RestockUnits Back(
        Order order, string operation, IReadOnlyList<ActionLine> lines) => new(
        new(operation),
        BundleRules.ToStock(
            [.. lines.Select(line => new StockLine(line.Sku, line.Quantity))],
            order.Terms.Bundles),
        order.Terms.StockRegion);

    // Never bought: the stock goes back, and what the gateway may hold.
    private static OrderChange GiveUp(Order order, DateTimeOffset now)
    {
        if (order.State == OrderState.InReview)
        {
            return new(
                order.ToState(OrderStep.Fail), StockEffect.Release, GivesCouponsBack: true);
        }
        var waiting = order.Payments[^1];
        return new(
            order.WithPayment(waiting with
            {
                State = PaymentState.Declined,
                DeclineCode = DeclineCodes.Abandoned,
                NextTryAt = null,
            })
                .ToState(OrderStep.Void)
                .WithNew(PaymentKind.Void, waiting, waiting.Amount, now),
            StockEffect.Release, GivesCouponsBack: true);
    }

    private static OrderAction? ActionOf(Order order, OrderCommand command, DateTimeOffset now)
    {
        var currency = order.Total.Currency;
        return command switch
        {
            ReviewOrder review => new(review.Id,
                review.Approved ? OrderActionKind.Approved : OrderActionKind.Rejected,
                [], null, review.Reason, now),
            CancelOrder cancel => new(
                cancel.Id, OrderActionKind.Cancelled, [], null, cancel.Reason, now)
            {
                OfAll = true,
            },
            CapturePayment capture => new(capture.Id, OrderActionKind.Captured, [],
                capture.Amount is { } taken ? new Money(taken, currency) : null, null, now),
            ShipOrder ship => new(
                ship.Id, OrderActionKind.Shipped, ship.Lines, null, null, now)
            {
                OfAll = ship.Lines.Count == 0,
            },
            RefundOrder refund => new(refund.Id, OrderActionKind.Refunded, [],
                refund.Amount is { } given ? new Money(given, currency) : null,
                refund.Reason, now),
            ReturnOrder back => new(
                back.Id, OrderActionKind.Returned, back.Lines, null, back.Reason, now)
            {
                OfAll = back.Lines.Count == 0,
                KeptOut = !back.Restock,
            },
            _ => null,
        };
    }

    private static string OperationOf(Order order, OrderAction action) =>
        $"{order.Id}:{action.Id}";

    private static Refusal? Check(OrderCommand command)
    {
        if (command.Id is not { Length: > 0 and <= IdLengthLimit }
            || command.Id.Any(char.IsControl))
        {
            return new(RefusalCode.Invalid,
                $"an action's id must have 1 to {IdLengthLimit} printable characters.")
            { Field = "Idempotency-Key" };
        }
        return command.Reason?.Length > StockRules.ReasonLengthLimit
            ? new(RefusalCode.Invalid,
                $"reason has over {StockRules.ReasonLengthLimit} characters.")
            { Field = "/reason" }
            : null;
    }

    private static Refusal? CheckAmount(Money amount, Money limit, string what) =>
        amount.Amount > 0 && amount.Amount <= limit.Amount && amount == amount.Round()
            ? null
            : new(RefusalCode.InvalidAmount,
                $"The amount {amount} is not above 0 and within the {limit} {what}, " +
                $"in steps of the currency's minor unit.")
            { Field = "/amount" };

    private static Refusal NotNow(Order order, string what) =>
        new(RefusalCode.OrderState, $"Order {order.Id} is {order.State}; it cannot be {what}.");

    private static Refusal Busy(Order order) => new(RefusalCode.InProgress,
        $"A payment of order {order.Id} is still on its way; ask again in a moment.");
}
