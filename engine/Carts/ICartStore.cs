using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Carts;

/// <summary>The carts of the shop.</summary>
/// <remarks>
/// The contract, which every adapter's tests check:
/// <list type="bullet">
/// <item><b>Atomic.</b> A change of a cart and the event that tells of it are stored together,
/// as <see cref="CartRules.Decide"/> decides on the newest state.</item>
/// <item><b>Idempotent by id.</b> A repeated operation of a cart has one effect and is answered
/// with the cart as it is now, for as long as the id is remembered
/// (<see cref="ForgetOperationsAsync"/>). A refused one leaves nothing behind.</item>
/// <item><b>Durable before answered</b>, and answered before it is on the change stream.</item>
/// <item><b>Products.</b> A store of carts knows no catalogue; <see cref="CartDesk"/> asks it.
/// </item>
/// <item><b>Faults.</b> <see cref="StoreUnavailableException"/>; nothing else but bugs.</item>
/// </list>
/// </remarks>
public interface ICartStore
{
    /// <summary>The cart, whoever owns it; null where nothing was ever put in.</summary>
    ValueTask<Cart?> GetAsync(CartId id, CancellationToken ct);

    /// <summary>Adds, sets, removes or clears, and answers the cart.</summary>
    ValueTask<Answer<Cart>> ChangeAsync(CartCommand command, CancellationToken ct);

    /// <summary>How many carts a visitor has, empty ones too.</summary>
    ValueTask<int> CountOfAsync(VisitorId visitor, CancellationToken ct);

    /// <summary>Removes a visitor's carts with all that is kept of them, without an event: there
    /// is nobody left to tell of. Their ids are free for anybody.</summary>
    /// <returns>How many carts.</returns>
    ValueTask<int> ForgetVisitorAsync(VisitorId visitor, CancellationToken ct);

    /// <summary>Forgets the ids of operations older than a moment.</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> where none is left.</returns>
    ValueTask<int> ForgetOperationsAsync(DateTimeOffset before, int limit, CancellationToken ct);
}
