using System.Diagnostics;
using System.Globalization;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>
/// What an order becomes when a gateway has answered. Pure, and total: every outcome of every
/// operation leads somewhere.
/// </summary>
public static class PaymentSteps
{
    /// <summary>Authorizations of an order, over all gateways: card networks fine more.</summary>
    public const int AttemptLimit = 4;

    /// <summary>
    /// Tries to learn an unknown outcome before it is only asked about once an hour: with
    /// <see cref="WaitAfter"/> about a day, longer than gateways are down. It is never given up:
    /// somebody's money may be held.
    /// </summary>
    public const int TryLimit = 300;

    /// <summary>
    /// How long whoever stores an operation has to send it before somebody else may: longer than
    /// a gateway's answer takes.
    /// </summary>
    public static readonly TimeSpan SendLease = TimeSpan.FromSeconds(60);

    /// <summary>The next operation of an order, to be stored before it is sent.</summary>
    public static PaymentOperation NewOperation(
        OrderId order, int index, PaymentKind kind, string gateway, Money amount,
        string? target, DateTimeOffset now) => new(
            new(string.Create(CultureInfo.InvariantCulture, $"{order}-{index + 1}")),
            order, kind, gateway, amount, now)
        {
            Target = target,
            NextTryAt = now + SendLease,
        };

    /// <summary>
    /// How long to wait before asking again: doubling from a second to five minutes, and an hour
    /// after <see cref="TryLimit"/>.
    /// </summary>
    public static TimeSpan WaitAfter(int tries) => tries >= TryLimit
        ? TimeSpan.FromHours(1)
        : TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, Math.Clamp(tries - 1, 0, 9))));

    /// <summary>The order after a gateway's answer to its open operation.</summary>
    /// <param name="order">The order.</param>
    /// <param name="operation">Its operation that was sent or asked about.</param>
    /// <param name="outcome">What the gateway said.</param>
    /// <param name="nextGateway">Who else may be asked for an authorization; null for nobody.
    /// </param>
    /// <param name="now">The shop's clock.</param>
    public static OrderChange Settle(
        Order order, PaymentOperation operation, PaymentOutcome outcome, string? nextGateway,
        DateTimeOffset now)
    {
        var after = operation.After(outcome) with { Tries = operation.Tries + 1 };
        if (outcome is PaymentOutcome.Unknown or PaymentOutcome.NeverSeen)
            return Wait(order, after, now);
        if (outcome is PaymentOutcome.NotSent)
        {
            // Nobody else is asked while an earlier sending may still arrive, and nobody else
            // can do what is owed to one gateway.
            if (operation.Kind != PaymentKind.Authorize || operation.Tries > 0)
                return Wait(order, after, now);
            // Given up for good: left open, it would be sent once more beside the next one.
            after = after with { State = PaymentState.Failed, NextTryAt = null };
        }
        // What was certainly not sent never will be: else it would stay open beside the next one.
        var settled = order.WithPayment(outcome is PaymentOutcome.NotSent
            ? after with { State = PaymentState.Failed, NextTryAt = null }
            : after);
        return operation.Kind switch
        {
            PaymentKind.Authorize => Authorized(settled, after, outcome, nextGateway, now),
            PaymentKind.Capture => Captured(settled, after, now),
            PaymentKind.Void => new(settled.SettledIfDone(now)),
            PaymentKind.Refund => Refunded(settled, after, now),
            _ => throw new UnreachableException($"{operation.Kind} is no payment operation."),
        };
    }

    /// <summary>
    /// The order when its stock was gone by the time that the money was held: the money goes
    /// back, and the buyer is told.
    /// </summary>
    public static OrderChange StockLost(
        Order order, PaymentOperation operation, PaymentOutcome outcome, DateTimeOffset now)
    {
        var authorized = operation.After(outcome) with { Tries = operation.Tries + 1 };
        return new(
            order.WithPayment(authorized).Refused(StockGone)
                .ToState(OrderStep.Void)
                .WithNew(PaymentKind.Void, authorized, authorized.Amount, now),
            StockEffect.Release, GivesCouponsBack: true);
    }

    /// <summary>A free order when its stock was gone.</summary>
    public static OrderChange StockLost(Order order) => new(
        order.Refused(StockGone).ToState(OrderStep.Fail), StockEffect.Release,
        GivesCouponsBack: true);

    /// <summary>The first authorization of an order that was let through.</summary>
    public static OrderChange Plan(Order order, string? gateway, DateTimeOffset now) =>
        gateway is null
            ? new(order.Refused(NoGateway).ToState(OrderStep.Fail), StockEffect.Release,
                GivesCouponsBack: true)
            : new(order.With(FirstOf(order, gateway, now)));

    /// <summary>What is asked of the gateway first.</summary>
    public static PaymentOperation FirstOf(Order order, string gateway, DateTimeOffset now) =>
        NewOperation(order.Id, 0, PaymentKind.Authorize, gateway, order.Total, null, now) with
        {
            StepUp = order.Terms.Screening?.Decision == FraudDecision.Challenge,
        };

    /// <summary>What a buyer is told where no gateway takes the payment.</summary>
    public static Refusal NoGateway { get; } = new(RefusalCode.PaymentUnavailable,
        "No payment gateway can take this payment now. Nothing is charged; try again later " +
        "with a new key.");

    /// <summary>An order that costs nothing: placed without a gateway.</summary>
    public static OrderChange PlaceFree(Order order, DateTimeOffset now) => Place(order, now);

    /// <summary>What the buyer of an order is told whose stock was lost.</summary>
    public static Refusal StockGone { get; } = new(RefusalCode.StockLost,
        "The reserved stock was lost before the payment was through. The payment has been " +
        "voided; nothing is charged.");

    private static OrderChange Authorized(
        Order order, PaymentOperation operation, PaymentOutcome outcome, string? nextGateway,
        DateTimeOffset now)
    {
        switch (outcome)
        {
            case PaymentOutcome.Approved when order.State == OrderState.Authorizing:
                return Place(order, now);
            case PaymentOutcome.Approved:
                // It was given up meanwhile, and the answer came late: the money goes back.
                return new(order.WithNew(PaymentKind.Void, operation, operation.Amount, now));
            case PaymentOutcome.ActionRequired when order.State == OrderState.Authorizing:
                return new(order.ToState(OrderStep.AskBuyer));
            case PaymentOutcome.Declined { Action: DeclineAction.RetryWithStepUp } no
                when MayTryAgain(order) && !operation.StepUp:
                return new(TryAgain(order, operation.Gateway, stepUp: true, now));
            case PaymentOutcome.Declined { Action: DeclineAction.RetryElsewhere }
                or PaymentOutcome.NotSent
                when MayTryAgain(order) && nextGateway is not null:
                return new(TryAgain(order, nextGateway, operation.StepUp, now));
            default:
                return Declined(order, operation, outcome, now);
        }
    }

    private static bool MayTryAgain(Order order) => order.State == OrderState.Authorizing
        && order.Payments.Count(one => one.Kind == PaymentKind.Authorize) < AttemptLimit;

    private static Order TryAgain(
        Order order, string gateway, bool stepUp, DateTimeOffset now) =>
        order.ToState(OrderStep.TryAgain).With(
            NewOperation(order.Id, order.Payments.Count, PaymentKind.Authorize, gateway,
                order.Total, null, now) with
            { StepUp = stepUp });

    private static OrderChange Declined(
        Order order, PaymentOperation operation, PaymentOutcome outcome, DateTimeOffset now)
    {
        if (order.State != OrderState.Authorizing) return new(order.SettledIfDone(now));
        var refusal = outcome switch
        {
            PaymentOutcome.Declined no => new Refusal(RefusalCode.PaymentDeclined,
                $"The payment was declined ({no.Code}). Nothing is charged; ask the buyer for " +
                "another card and check out again with a new key."),
            PaymentOutcome.Rejected => new(RefusalCode.PaymentRejected,
                "The payment gateway does not accept this payment. Nothing is charged."),
            _ => NoGateway,
        };
        return new(
            order.Refused(refusal).ToState(OrderStep.Fail), StockEffect.Release,
            GivesCouponsBack: true);
    }

    private static OrderChange Place(Order order, DateTimeOffset now)
    {
        var placed = order.ToState(OrderStep.Place).Then(progress => progress with
        {
            PlacedAt = now,
        });
        var authorized = placed.Authorization();
        if (authorized is null)
        {
            placed = placed.ToState(OrderStep.Confirm);
        }
        else if (order.Terms.Capture == CaptureMode.Now)
        {
            placed = placed.WithNew(PaymentKind.Capture, authorized, authorized.Amount, now);
        }
        return new(placed, StockEffect.Commit, Events: [OrderEvents.Purchase(placed)],
            Bought: order.Terms.Cart);
    }

    private static OrderChange Captured(
        Order order, PaymentOperation operation, DateTimeOffset now)
    {
        if (operation.State == PaymentState.Succeeded)
        {
            return new(OrderTransitions.Next(order.State, OrderStep.Confirm) is null
                ? order
                : order.ToState(OrderStep.Confirm));
        }
        // The gateway holds the money and does not give it. What has left stays a debt; what has
        // not left is not sold any more.
        return OrderTransitions.Next(order.State, OrderStep.Cancel) is null
            ? new(order.Refused(new(RefusalCode.PaymentDeclined,
                "The payment could not be taken when the order left: it is owed.")))
            : OrderRules.Undo(
                order.Refused(new(RefusalCode.PaymentDeclined, "The payment could not be " +
                    "taken, so the order was cancelled. Nothing is charged.")),
                $"{operation.Id}-lost", now);
    }

    private static OrderChange Refunded(
        Order order, PaymentOperation operation, DateTimeOffset now) =>
        operation.State == PaymentState.Succeeded
            ? new(order.SettledIfDone(now))
            : new(order);

    private static OrderChange Wait(Order order, PaymentOperation operation, DateTimeOffset now) =>
        new(order.WithPayment(
            operation with { NextTryAt = now + WaitAfter(operation.Tries) }));
}
