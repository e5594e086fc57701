using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>Checkout's port over units of work: each step is one.</summary>
internal sealed class CheckoutStore(IShopRunner runner) : ICheckoutStore
{
    public ValueTask<Answer<BegunCheckout>> BeginAsync(
        BeginCheckout command, CancellationToken ct) =>
        runner.WriteAsync(tx => Begin(tx, command), ct);

    public ValueTask<Answer<Order>> SaveAsync(OrderChange change, CancellationToken ct) =>
        runner.WriteAsync(tx => Save(tx, change), ct);

    public ValueTask<IReadOnlyList<Order>> ListDueAsync(
        DateTimeOffset now, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.ReadAsync(tx => tx.Orders.ListDue(now, limit), ct);
    }

    public ValueTask<int> ForgetKeysAsync(
        DateTimeOffset before, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.WriteAsync(tx => tx.Ledger.Forget(before, limit), ct);
    }

    private static Answer<BegunCheckout> Begin(IShopTransaction tx, BeginCheckout command)
    {
        var order = command.Order;
        var refusal = command.Refusal;
        // A gateway that is down says nothing about the request: the key stays free.
        if (refusal is { Code: RefusalCode.PaymentUnavailable }
            && tx.Ledger.Find(command.Key) is null)
        {
            return refusal;
        }
        // A new key is the rule: it is looked up only where it cannot be added.
        if (!tx.Ledger.TryAdd(new(
            command.Key, command.RequestHash, tx.Now,
            refusal is null ? order!.Id : null, refusal)))
        {
            var entry = tx.Ledger.Find(command.Key)!;
            return CheckoutLedger.Check(entry, command.RequestHash) is { } no
                ? no
                : new BegunCheckout(tx.Orders.Find(entry.Order!.Value)!, true);
        }
        if (refusal is not null) return refusal;
        if (Take(tx, ref order, command.Reserve) is { } shortfall)
        {
            tx.Ledger.Refuse(command.Key, shortfall);
            return shortfall;
        }
        tx.Orders.Add(order!);
        return new BegunCheckout(order!, false);
    }

    // Stock and coupons, both or none. The order learns where its units ship from.
    private static Refusal? Take(IShopTransaction tx, ref Order? order, StockRequest? stock)
    {
        if (order is null || stock is null) return null;
        var (quote, customer) = (order.Terms.Quote, order.Terms.Customer);
        if (CouponStore.Redeem(tx, quote, customer, order.Id) is { } usedUp) return usedUp;
        if (StockStore.Reserve(tx, stock).Is(out var held, out var shortfall))
        {
            order = OrderLines.WithOrigins(order, held);
            return null;
        }
        CouponStore.GiveBack(tx, quote, order.Id);
        return shortfall;
    }

    private static Answer<Order> Save(IShopTransaction tx, OrderChange change)
    {
        var order = change.Order;
        // Read first, write last: what is refused has written nothing.
        if (tx.Orders.VersionOf(order.Id) != order.Version - 1)
        {
            return new Refusal(RefusalCode.VersionMismatch,
                $"Order {order.Id} is not at version {order.Version - 1} any more.");
        }
        if (MoveStock(tx, change) is { } refusal) return refusal;
        tx.Orders.Put(order);
        if (change.GivesCouponsBack) CouponStore.GiveBack(tx, order.Terms.Quote, order.Id);
        foreach (var e in change.Events) tx.Outbox.Add(e);
        if (change.Bought is { } cart && tx.Carts.Find(cart) is { } before) Take(tx, before, order);
        if (change.Stock == StockEffect.Commit) tx.Tell(new OrderPlaced(order));
        return order;
    }

    private static Refusal? MoveStock(IShopTransaction tx, OrderChange change)
    {
        var reservation = change.Order.Terms.Reservation;
        switch (change.Stock)
        {
            case StockEffect.Commit:
                return StockStore.Commit(tx, reservation).Refusal;
            case StockEffect.Release:
                // Refused only where it is released or gone already.
                StockStore.Release(tx, reservation);
                return null;
            case StockEffect.Restock:
                return StockStore.Restock(tx, change.Restocked!).Refusal;
            case StockEffect.Unsell:
                return Unsell(tx, reservation, change.Restocked!);
            case StockEffect.Ship:
                return tx.Reservations.Find(reservation) is { } sold
                    ? OrderLines.CheckThere(change.Order, sold)
                    : null;
            default:
                return null;
        }
    }

    // What was sold before it was there is not waited for any more, and cannot come back.
    private static Refusal? Unsell(
        IShopTransaction tx, ReservationId id, RestockUnits asked)
    {
        if (tx.Reservations.Find(id) is { IsWaiting: true } reservation)
        {
            asked = asked with
            {
                Lines = OrderLines.Without(asked.Lines, reservation.Lines),
            };
            if (StockStore.CancelBackorders(tx, id).Refusal is { } no) return no;
        }
        return asked.Lines.Count == 0 ? null : StockStore.Restock(tx, asked).Refusal;
    }

    private static void Take(IShopTransaction tx, Cart cart, Order order)
    {
        var rest = CartRules.Without(
            cart, order.Lines.Select(line => new CartLine(line.Sku, line.Quantity)), tx.Now);
        tx.Carts.Put(rest, cart);
        tx.Tell(new CartChanged(rest));
    }
}

/// <summary>The orders' port over units of work.</summary>
internal sealed class OrderStore(IShopRunner runner) : IOrderStore
{
    public ValueTask<Order?> GetAsync(OrderId id, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Orders.Find(id), ct);

    public ValueTask<IReadOnlyList<Order>> ListNewestAsync(
        OrderQuery query, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(query.Limit);
        return runner.ReadAsync(tx => tx.Orders.List(query), ct);
    }
}
