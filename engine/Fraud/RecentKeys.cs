namespace StreamCommerce.Engine.Fraud;

/// <summary>The last so many keys, to recognize a repetition. One thread at a time.</summary>
internal sealed class RecentKeys(int limit)
{
    private readonly HashSet<ulong> _keys = [];
    private readonly Queue<ulong> _order = new();

    /// <summary>False where the key is among the last.</summary>
    public bool Add(ulong key)
    {
        if (!_keys.Add(key)) return false;
        if (_order.Count == limit) _keys.Remove(_order.Dequeue());
        _order.Enqueue(key);
        return true;
    }
}
