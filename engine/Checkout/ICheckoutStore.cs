using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>
/// A checkout's first step: what the buyer asked for, and the order to be made of it or the
/// refusal that was decided before any stock was touched.
/// </summary>
/// <param name="Key">The buyer's attempt.</param>
/// <param name="RequestHash"><see cref="CheckoutRequest.Hash"/>.</param>
/// <param name="Order">The order, at version 1; null where it is refused.</param>
/// <param name="Refusal">Why there is no order; kept with the key.</param>
/// <param name="Reserve">The stock to hold; null where the order needs none.</param>
public sealed record BeginCheckout(
    CheckoutKey Key,
    ulong RequestHash,
    Order? Order,
    Refusal? Refusal,
    StockRequest? Reserve);

/// <summary>How the first step went.</summary>
/// <param name="Order">The order as it is stored.</param>
/// <param name="Replayed">Whether an earlier request with the key began it.</param>
public sealed record BegunCheckout(Order Order, bool Replayed);

/// <summary>What a step does with the stock of an order.</summary>
public enum StockEffect
{
    None,

    /// <summary>The reserved units leave; refused where the reservation is over.</summary>
    Commit,

    /// <summary>The reserved units come back, if they have not yet.</summary>
    Release,

    /// <summary>Units that had left come back; what is still owed stays owed.</summary>
    Restock,

    /// <summary>What is not shipped is not sold any more: what is owed is given up, and the rest
    /// comes back.</summary>
    Unsell,

    /// <summary>Units leave; refused where they are still owed.</summary>
    Ship,
}

/// <summary>A step of an order, all of it or nothing.</summary>
/// <param name="Order">The order after the step; its version is one more than the stored one.
/// </param>
/// <param name="Stock">What becomes of its stock.</param>
/// <param name="Restocked">For what comes back: which units, and under which
/// operation.</param>
/// <param name="Events">What the step tells the event log.</param>
/// <param name="Bought">The cart to take the order's units out of.</param>
/// <param name="GivesCouponsBack">Whether its uses of promotions do not count any more.</param>
public sealed record OrderChange(
    Order Order,
    StockEffect Stock = StockEffect.None,
    RestockUnits? Restocked = null,
    IReadOnlyList<CommerceEvent>? Events = null,
    CartId? Bought = null,
    bool GivesCouponsBack = false)
{
    public IReadOnlyList<CommerceEvent> Events { get; init; } = Events ?? [];
}

/// <summary>Keeps orders and the steps of their checkout.</summary>
/// <remarks>
/// The contract, which every adapter's tests check:
/// <list type="bullet">
/// <item><b>All or nothing.</b> A step's order, stock, events, cart and answered key are stored
/// together. An adapter that needs several writes makes them so that each can be resumed.</item>
/// <item><b>One after another.</b> A step is stored only over the version that it was decided
/// on; else it is refused as <see cref="RefusalCode.VersionMismatch"/>, and the caller reads the
/// order and decides again.</item>
/// <item><b>Idempotent by key.</b> A (caller, key) begins at most one order. The same request
/// gets that order again or the first refusal, another request with the key is refused. Kept for
/// <see cref="CheckoutLedger.Retention"/>.</item>
/// <item><b>Durable before answered</b>, and answered before it is on the change stream.</item>
/// <item><b>Faults.</b> <see cref="StoreUnavailableException"/>: repeat with the same key.</item>
/// </list>
/// </remarks>
public interface ICheckoutStore
{
    /// <summary>Stores the order and holds its stock, or says why not.</summary>
    /// <param name="command">What to begin.</param>
    /// <param name="ct">Gives up waiting, not the step: ask again with the same key.</param>
    ValueTask<Answer<BegunCheckout>> BeginAsync(BeginCheckout command, CancellationToken ct);

    /// <summary>Stores the next step of an order.</summary>
    ValueTask<Answer<Order>> SaveAsync(OrderChange change, CancellationToken ct);

    /// <summary>Orders with something open that is due at a moment, the oldest first.</summary>
    ValueTask<IReadOnlyList<Order>> ListDueAsync(
        DateTimeOffset now, int limit, CancellationToken ct);

    /// <summary>Forgets keys that are older than a moment.</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> where none is left.</returns>
    ValueTask<int> ForgetKeysAsync(DateTimeOffset before, int limit, CancellationToken ct);
}
