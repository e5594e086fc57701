namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>The products that were put up last, the newest first. Any thread.</summary>
internal sealed class NewArrivals
{
    /// <summary>Products kept: pages of what is new, also where most of it is sold out.</summary>
    public const int Limit = 1_000;

    private readonly Lock _gate = new();
    private readonly SortedSet<(long Ticks, int Item)> _newest = [];
    private volatile int[]? _list = [];

    /// <summary>The newest first; of those that came together the lowest number last.</summary>
    public int[] Newest
    {
        get
        {
            if (_list is { } list) return list;
            lock (_gate)
                return _list ??= [.. _newest.Reverse().Select(arrival => arrival.Item)];
        }
    }

    /// <summary>A product was put up.</summary>
    /// <param name="item">The product.</param>
    /// <param name="ticks">When; always the same for a product.</param>
    public void Note(int item, long ticks)
    {
        var arrival = (ticks, item);
        lock (_gate)
        {
            if (_newest.Count == Limit && arrival.CompareTo(_newest.Min) < 0) return;
            if (!_newest.Add(arrival)) return;
            if (_newest.Count > Limit) _newest.Remove(_newest.Min);
            _list = null;
        }
    }
}
