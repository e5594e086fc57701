using System.Diagnostics;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>The small changes that steps of an order are made of. Each gives a new order.
/// </summary>
internal static class OrderSteps
{
    /// <summary>
    /// The order in the state that the step leads to. Whether the step is allowed has been
    /// asked before; if not, that is a bug.
    /// </summary>
    public static Order ToState(this Order order, OrderStep step) => order with
    {
        State = OrderTransitions.Next(order.State, step)
            ?? throw new UnreachableException($"{order.State} allows no {step}."),
    };

    public static Order Then(this Order order, Func<OrderProgress, OrderProgress> change) =>
        order with { Progress = change(order.Progress) };

    public static Order Refused(this Order order, Refusal refusal) =>
        order with { Progress = order.Progress with { Refusal = refusal } };

    /// <summary>With an operation in the place of the one that has its id.</summary>
    public static Order WithPayment(this Order order, PaymentOperation operation)
    {
        var payments = order.Payments.ToArray();
        for (var i = 0; i < payments.Length; i++)
            if (payments[i].Id == operation.Id) payments[i] = operation;
        return order with { Progress = order.Progress with { Payments = payments } };
    }

    /// <summary>With one more operation, still to be sent.</summary>
    public static Order With(this Order order, PaymentOperation operation) => order with
    {
        Progress = order.Progress with { Payments = [.. order.Payments, operation] },
    };

    /// <summary>With one more operation on an authorization.</summary>
    public static Order WithNew(
        this Order order, PaymentKind kind, PaymentOperation authorization, Money amount,
        DateTimeOffset now) => order.With(PaymentSteps.NewOperation(
            order.Id, order.Payments.Count, kind, authorization.Gateway, amount,
            authorization.Reference, now));

    public static Order With(this Order order, OrderAction action) => order with
    {
        Progress = order.Progress with { Actions = [.. order.Progress.Actions, action] },
    };

    /// <summary>The authorization that holds or held the money; null where none does.</summary>
    public static PaymentOperation? Authorization(this Order order)
    {
        foreach (var one in order.Payments)
        {
            if (one is { Kind: PaymentKind.Authorize, State: PaymentState.Succeeded })
                return one;
        }
        return null;
    }

    /// <summary>What operations of a kind that are done or may yet be done add up to.</summary>
    public static Money SumOf(this Order order, PaymentKind kind)
    {
        var sum = Money.Zero(order.Total.Currency);
        foreach (var one in order.Payments)
        {
            if (one.Kind == kind && (one.State == PaymentState.Succeeded || one.IsOpen))
                sum += one.Amount;
        }
        return sum;
    }

    /// <summary>The order at its end, where nothing is on its way any more.</summary>
    public static Order SettledIfDone(this Order order, DateTimeOffset now)
    {
        if (order.OpenPayment is not null
            || OrderTransitions.Next(order.State, OrderStep.Settle) is null
            || order.SumOf(PaymentKind.Capture) != order.SumOf(PaymentKind.Refund))
        {
            return order;
        }
        return order.ToState(OrderStep.Settle);
    }
}
