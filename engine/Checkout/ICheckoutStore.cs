namespace StreamCommerce.Engine.Checkout;

/// <summary>Places orders.</summary>
/// <remarks>
/// The contract, which every adapter's tests check:
/// <list type="bullet">
/// <item><b>All or nothing.</b> Stock (both phases), order, emptied cart, purchase event and
/// answered key are stored together, as <see cref="CheckoutRules"/> decides on the newest state.
/// An adapter that needs several steps takes them so that each can be resumed.</item>
/// <item><b>Idempotent by key.</b> The first answer to a (caller, key) is kept, also a refusal,
/// and replayed to the same request; another request with that key is refused, and so is one
/// that comes while the first is still worked on. Kept for
/// <see cref="CheckoutLedger.Retention"/>.</item>
/// <item><b>Durable before answered</b>, and answered before it is on the change stream.</item>
/// <item><b>Faults.</b> <see cref="StoreUnavailableException"/>: repeat with the same key.</item>
/// </list>
/// </remarks>
public interface ICheckoutStore
{
    /// <summary>Sells all that is asked for, or says why not.</summary>
    /// <param name="command">Passes <see cref="CheckoutRules.Check"/>.</param>
    /// <param name="ct">Gives up waiting, not the checkout: ask again with the same key.</param>
    ValueTask<Answer<PlacedOrder>> PlaceAsync(PlaceOrder command, CancellationToken ct);

    /// <summary>Forgets keys that are older than a moment.</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> where none is left.</returns>
    ValueTask<int> ForgetKeysAsync(DateTimeOffset before, int limit, CancellationToken ct);
}
