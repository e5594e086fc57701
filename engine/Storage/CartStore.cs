using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>The carts' port over units of work.</summary>
internal sealed class CartStore(IShopRunner runner) : ICartStore
{
    public ValueTask<Cart?> GetAsync(CartId id, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Carts.Find(id), ct);

    public ValueTask<Answer<Cart>> ChangeAsync(CartCommand command, CancellationToken ct) =>
        runner.WriteAsync(tx => Change(tx, command), ct);

    public ValueTask<int> CountOfAsync(VisitorId visitor, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Carts.ListOf(visitor).Count, ct);

    public ValueTask<int> ForgetVisitorAsync(VisitorId visitor, CancellationToken ct) =>
        runner.WriteAsync(tx =>
        {
            var carts = tx.Carts.ListOf(visitor);
            foreach (var cart in carts)
            {
                tx.Carts.Remove(cart.Id);
                // Whoever counts carts that hold something must know that this one does not.
                tx.Tell(new CartChanged(cart with { Lines = [], Version = cart.Version + 1 }));
            }
            return carts.Count;
        }, ct);

    public ValueTask<int> ForgetOperationsAsync(
        DateTimeOffset before, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return runner.WriteAsync(tx => tx.Carts.Forget(before, limit), ct);
    }

    private static Answer<Cart> Change(IShopTransaction tx, CartCommand command)
    {
        var cart = tx.Carts.Find(command.Cart);
        if (cart is not null && tx.Carts.Knows(command.Cart, command.Operation))
        {
            return CartRules.CheckOwner(cart, command.Visitor) is { } foreign ? foreign : cart;
        }
        if (!CartRules.Decide(cart, command, tx.Now).Is(out var decision, out var refusal))
            return refusal;
        if (decision.Event is null) return decision.Cart;
        tx.Carts.Put(decision.Cart, cart);
        tx.Carts.Remember(command.Cart, command.Operation, tx.Now);
        tx.Outbox.Add(decision.Event);
        tx.Tell(new CartChanged(decision.Cart));
        return decision.Cart;
    }
}
