using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage.Cosmos.Pricing;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Checkout;

/// <summary>
/// Checkout's port on Cosmos DB. Key, order, stock, coupons and cart are in partitions of their
/// own, so each step is a saga: what must be able to say no is asked first and taken back where
/// the step does not come to be; the order's write decides; what cannot say no follows from it,
/// named in the order until it is done.
/// </summary>
/// <remarks>
/// What decides: of the first step which document is created in the order's place; of any other
/// the order's version; of a sale the reservation's state, which a cancelled order's release
/// overrules (<see cref="StepWork"/>). So any number may work on one checkout at a time; that it
/// is mostly one is what <see cref="SagaTime"/> is for.
/// </remarks>
internal sealed class CosmosCheckout(
    CheckoutKeys keys, CosmosOrders orders, CosmosStock stock, CosmosCoupons coupons,
    StepWork work, Broadcast broadcast, TimeProvider time) : ICheckoutStore
{
    public ValueTask<Answer<BegunCheckout>> BeginAsync(
        BeginCheckout command, CancellationToken ct) =>
        SagaTime.RunAsync(time, token => BeginInTimeAsync(command, token), ct);

    private async ValueTask<Answer<BegunCheckout>> BeginInTimeAsync(
        BeginCheckout command, CancellationToken ct)
    {
        var key = KeyDocument.Of(command, time.GetUtcNow());
        // A gateway that is down says nothing about the request: the key stays free.
        if (command.Refusal is { Code: RefusalCode.PaymentUnavailable } down
            && !await keys.IsThereAsync(key.Id, ct))
        {
            return down;
        }
        // A new key is the rule: it is looked up only where it cannot be added.
        if (await keys.TryAddAsync(key, ct))
            return command.Refusal is { } refusal ? refusal : await HoldAsync(key, ct);
        if (await keys.FindAsync(key.Id, ct) is not { } known) return InProgress;
        if (CheckoutLedger.Check(known.ToEntry(), command.RequestHash) is { } no) return no;
        if (await orders.FindAsync(new(known.OrderId!), ct) is { Document: var begun })
        {
            return begun.Refusal is { } refused
                ? refused : new BegunCheckout(begun.ToOrder(), true);
        }
        // Our own key, whose answer was lost; or one whose first step was left half done.
        return known.Open is not null
            && (known.OrderId == key.OrderId || keys.IsLeft(known))
                ? await HoldAsync(known, ct) : InProgress;
    }

    public ValueTask<Answer<Order>> SaveAsync(OrderChange change, CancellationToken ct) =>
        SagaTime.RunAsync(time, token => SaveInTimeAsync(change, token), ct);

    private async ValueTask<Answer<Order>> SaveInTimeAsync(
        OrderChange change, CancellationToken ct)
    {
        var order = change.Order;
        if (await orders.FindAsync(order.Id, ct) is not { } before
            || before.Document.Version != order.Version - 1)
        {
            return Changed(order);
        }
        if (before.Document.Effects is not null) await work.FinishAsync(before, ct);
        if (await AskAsync(change, ct) is { } refusal) return refusal;
        // Finishing an earlier step has written the document.
        if (before.Document.Effects is not null)
        {
            if (await orders.FindAsync(order.Id, ct) is not { Document.Effects: null } finished
                || finished.Document.Version != order.Version - 1)
            {
                return Changed(order);
            }
            before = finished;
        }
        if (await orders.SaveAsync(before, order, StepEffects.Of(change), change.Events, ct)
            is not { } after)
        {
            return Changed(order);
        }
        if (change.Events.Count > 0) broadcast.OutboxSignal.Set();
        if (after.Document.Effects is not null) await work.FinishAsync(after, ct);
        if (change.Stock == StockEffect.Commit) broadcast.Tell(new OrderPlaced(order));
        return order;
    }

    public async ValueTask<IReadOnlyList<Order>> ListDueAsync(
        DateTimeOffset now, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        // What a crash has left half done, found by nobody else.
        await Sweeping.ForEachAsync(await keys.ListLeftAsync(limit, ct), async key =>
            await SagaTime.RunAsync(time, token => FinishAsync(key, token), ct));
        await Sweeping.ForEachAsync(await orders.ListUnfinishedAsync(limit, ct), async id =>
            await SagaTime.RunAsync(time, token => FinishAsync(id, token), ct));
        return await orders.ListDueAsync(now, limit, ct);
    }

    public ValueTask<int> ForgetKeysAsync(
        DateTimeOffset before, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return keys.ForgetAsync(before, limit, ct);
    }

    /// <summary>Finishes a first step that was left half done, wherever that was.</summary>
    private async ValueTask<bool> FinishAsync(KeyDocument key, CancellationToken ct)
    {
        if (await orders.FindAsync(new(key.OrderId!), ct) is not { Document: var begun })
        {
            await HoldAsync(key, ct);
            return true;
        }
        // It was decided: its coupons may be given back by now, and must not be used again.
        if (begun.Refusal is not null) await GiveBackAsync(key.Open!.Order, ct);
        await keys.CloseAsync(key, ct);
        return true;
    }

    /// <summary>Finishes what a stored step has yet to do elsewhere.</summary>
    private async ValueTask<bool> FinishAsync(OrderId id, CancellationToken ct)
    {
        if (await orders.FindAsync(id, ct) is not { Document.Effects: not null } unfinished)
            return false;
        await work.FinishAsync(unfinished, ct);
        return true;
    }

    /// <summary>The first step of a key that is there: stock and coupons, both or none.</summary>
    private async ValueTask<Answer<BegunCheckout>> HoldAsync(
        KeyDocument key, CancellationToken ct)
    {
        var open = key.Open!;
        var (order, shortfall) = await TakeAsync(open, key.StartedAt, ct);
        var (decided, isOurs) = await orders.DecideAsync(order, shortfall, ct);
        // Also where this one was held: another that worked on the key said no first.
        if (decided.Refusal is not null && open.Reserve is not null)
            await GiveBackAsync(open.Order, ct);
        await keys.CloseAsync(key, ct);
        // Only who has stored the order may send its payment without asking what became of it.
        return decided.Refusal is { } refusal
            ? refusal : new BegunCheckout(decided.ToOrder(), Replayed: !isOurs);
    }

    private async ValueTask<(Order Order, Refusal? Refusal)> TakeAsync(
        OpenStep open, DateTimeOffset startedAt, CancellationToken ct)
    {
        var order = open.Order;
        if (open.Reserve is not { } reserve) return (order, null);
        // Units are held from the buyer's request on, however late this is; whoever has waited for
        // longer than that has gone, and what was promised is not true any more.
        var lifetime = reserve.Lifetime ?? CheckoutRules.PaymentHold;
        var left = startedAt + lifetime - time.GetUtcNow();
        if (left <= TimeSpan.Zero) return (order, TooLate);
        if (left < reserve.Lifetime) reserve = reserve with { Lifetime = left };
        var (quote, customer) = (order.Terms.Quote, order.Terms.Customer);
        if (await coupons.RedeemAsync(quote, customer, order.Id, ct) is { } usedUp)
            return (order, usedUp);
        return (await stock.ReserveAsync(reserve, ct)).Is(out var held, out var shortfall)
            ? (OrderLines.WithOrigins(order, held), null)
            : (order, shortfall);
    }

    private async ValueTask GiveBackAsync(Order order, CancellationToken ct)
    {
        await stock.GiveUpAsync(order.Terms.Reservation, ct);
        await coupons.GiveBackAsync(order.Terms.Quote, order.Id, ct);
    }

    /// <summary>What may say no, before the order's write.</summary>
    private async ValueTask<Refusal?> AskAsync(OrderChange change, CancellationToken ct)
    {
        var reservation = change.Order.Terms.Reservation;
        return change.Stock switch
        {
            // Idempotent: whoever else commits it stores the same step.
            StockEffect.Commit => (await stock.CommitAsync(reservation, ct)).Refusal,
            // What was seen late is owed for longer than it is: that says no, never yes.
            StockEffect.Ship => (await stock.GetReservationAsync(reservation, ct)
                ?? await stock.GetCurrentAsync(reservation, ct)) is { } sold
                ? OrderLines.CheckThere(change.Order, sold) : null,
            StockEffect.Restock or StockEffect.Unsell => StockRules.Check(change.Restocked!),
            _ => null,
        };
    }

    private static Refusal TooLate => new(RefusalCode.ReservationClosed,
        "The order was not begun in time, so no stock is held for it. Nothing is charged.");

    private static Refusal Changed(Order order) => new(RefusalCode.VersionMismatch,
        $"Order {order.Id} is not at version {order.Version - 1} any more.");

    private static Refusal InProgress => new(RefusalCode.InProgress,
        "The first request with this idempotency key is still being worked on; ask again in a " +
        "moment.");
}
