namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Carts that visitors left behind and find again. Holds the newest
/// <paramref name="limit"/>: an older one is forgotten. One thread at a time.
/// </summary>
internal sealed class AbandonedCarts(int limit)
{
    private readonly Dictionary<long, (long Number, List<CartLine> Cart)> _carts = [];
    private readonly Queue<(long Visitor, long Number)> _oldestFirst = [];
    private long _number;

    public int Count => _carts.Count;

    public void Leave(long visitor, List<CartLine> cart)
    {
        _carts[visitor] = (++_number, cart);
        _oldestFirst.Enqueue((visitor, _number));
        while (_oldestFirst.Count > limit)
        {
            var (oldest, number) = _oldestFirst.Dequeue();
            // A cart that was taken and left again has a later entry in the queue.
            if (_carts.TryGetValue(oldest, out var kept) && kept.Number == number)
                _carts.Remove(oldest);
        }
    }

    /// <summary>The visitor's cart, which is then no longer abandoned; empty where none.</summary>
    public List<CartLine> Take(long visitor) =>
        _carts.Remove(visitor, out var kept) ? kept.Cart : [];
}
