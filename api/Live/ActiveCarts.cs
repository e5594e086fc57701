using StreamCommerce.Engine.Carts;

namespace StreamCommerce.Api.Live;

/// <summary>
/// Counts the carts that hold something and changed within <see cref="Lifetime"/>, since this
/// process began. One thread at a time.
/// </summary>
internal sealed class ActiveCarts(TimeProvider time)
{
    /// <summary>How long a cart counts: as long as a session may be silent.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    // Beyond it the oldest is left out: for a page, not for the books.
    private const int Limit = 100_000;

    private readonly Dictionary<CartId, (long Version, DateTimeOffset At)> _carts = [];
    private readonly Queue<(CartId Cart, long Version, DateTimeOffset At)> _changes = [];

    public int Count
    {
        get
        {
            DropOld();
            return _carts.Count;
        }
    }

    public void Note(Cart cart)
    {
        _carts.Remove(cart.Id);
        if (cart.Lines.Count == 0) return;
        var now = time.GetUtcNow();
        _carts[cart.Id] = (cart.Version, now);
        _changes.Enqueue((cart.Id, cart.Version, now));
        DropOld();
    }

    private void DropOld()
    {
        var from = time.GetUtcNow() - Lifetime;
        while (_changes.TryPeek(out var oldest) && (oldest.At < from || _changes.Count > Limit))
        {
            _changes.Dequeue();
            // A later change of the cart stands further back in the queue.
            if (_carts.TryGetValue(oldest.Cart, out var cart) && cart.Version == oldest.Version)
                _carts.Remove(oldest.Cart);
        }
    }
}
