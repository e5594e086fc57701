using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>Checkout's port over units of work: a whole checkout is one.</summary>
internal sealed class CheckoutStore(IShopRunner runner) : ICheckoutStore
{
    public ValueTask<Answer<PlacedOrder>> PlaceAsync(PlaceOrder command, CancellationToken ct) =>
        runner.WriteAsync(tx => Place(tx, command), ct);

    public ValueTask<int> ForgetKeysAsync(
        DateTimeOffset before, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.WriteAsync(tx => tx.Ledger.Forget(before, limit), ct);
    }

    private static Answer<PlacedOrder> Place(IShopTransaction tx, PlaceOrder command)
    {
        var key = command.Request.Key;
        if (tx.Ledger.Find(key) is { } entry)
        {
            var (order, no) = CheckoutLedger.Replay(entry, command.RequestHash);
            return no is not null ? no : new PlacedOrder(tx.Orders.Find(order!.Value)!, true);
        }
        var cart = command.Request.Cart is { } id ? tx.Carts.Find(id) : null;
        // Decided before anything is reserved: a refusal must leave nothing behind.
        if (!Decide(tx, command, cart).Is(out var decision, out var refusal)
            || !Sell(tx, decision.Stock).Is(out _, out refusal))
        {
            tx.Ledger.Add(new(key, command.RequestHash, tx.Now, null, refusal));
            return refusal;
        }
        tx.Ledger.Add(new(key, command.RequestHash, tx.Now, decision.Order.Id, null));
        tx.Orders.Add(decision.Order);
        tx.Outbox.Add(decision.Event);
        tx.Tell(new OrderPlaced(decision.Order));
        if (cart is not null) Empty(tx, cart);
        return new PlacedOrder(decision.Order, false);
    }

    private static Answer<CheckoutDecision> Decide(
        IShopTransaction tx, PlaceOrder command, Cart? cart)
    {
        if (!CheckoutRules.LinesOf(command.Request, cart).Is(out var lines, out var refusal))
            return refusal;
        var offers = new Dictionary<Sku, Offer>(lines.Length);
        foreach (var line in lines)
            if (tx.Products.FindOffer(line.Sku) is { } offer) offers[line.Sku] = offer;
        return CheckoutRules.Decide(command, new(lines, offers), tx.Now);
    }

    private static Answer<Reservation> Sell(IShopTransaction tx, StockRequest stock) =>
        StockStore.Reserve(tx, stock).Is(out var held, out var shortfall)
            ? StockStore.Commit(tx, held.Id)
            : shortfall;

    private static void Empty(IShopTransaction tx, Cart cart)
    {
        var emptied = CartRules.Emptied(cart, tx.Now);
        tx.Carts.Put(emptied, cart);
        tx.Tell(new CartChanged(emptied));
    }
}

/// <summary>The orders' port over units of work.</summary>
internal sealed class OrderStore(IShopRunner runner) : IOrderStore
{
    public ValueTask<Order?> GetAsync(OrderId id, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Orders.Find(id), ct);

    public ValueTask<IReadOnlyList<Order>> ListNewestAsync(int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.ReadAsync(tx => tx.Orders.ListNewest(limit), ct);
    }
}
