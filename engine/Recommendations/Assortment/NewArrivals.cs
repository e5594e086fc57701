namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>
/// The products that were put up last, the newest first. They are noted as they come, and put in
/// order once a thousand of them or when somebody asks: a catalogue that is loaded, each product
/// newer than the one before, costs a few nanoseconds a product. Any thread.
/// </summary>
internal sealed class NewArrivals
{
    /// <summary>Products kept: pages of what is new, also where most of it is sold out.</summary>
    public const int Limit = 1_000;

    private readonly Lock _gate = new();
    private readonly (long Ticks, int Item)[] _arrivals = new (long, int)[2 * Limit];
    private int _count;
    // The oldest that was kept when some were not.
    private (long Ticks, int Item) _oldest = (long.MinValue, 0);
    private volatile int[]? _list = [];

    /// <summary>The newest first; of those that came together the lowest number last.</summary>
    public int[] Newest
    {
        get
        {
            if (_list is { } list) return list;
            lock (_gate)
            {
                if (_list is { } made) return made;
                KeepNewest();
                var newest = new int[_count];
                for (var i = 0; i < newest.Length; i++) newest[i] = _arrivals[i].Item;
                return _list = newest;
            }
        }
    }

    /// <summary>A product was put up.</summary>
    /// <param name="item">The product.</param>
    /// <param name="ticks">When; always the same for a product.</param>
    public void Note(int item, long ticks)
    {
        lock (_gate)
        {
            if ((ticks, item).CompareTo(_oldest) < 0) return;
            // A new version of one that is known is no news.
            if (_list is { } list && list.AsSpan().Contains(item)) return;
            if (_count == _arrivals.Length) KeepNewest();
            _arrivals[_count++] = (ticks, item);
            _list = null;
        }
    }

    private void KeepNewest()
    {
        _arrivals.AsSpan(0, _count).Sort(static (left, right) => right.CompareTo(left));
        var kept = 0;
        for (var i = 0; i < _count && kept < Limit; i++)
        {
            if (kept == 0 || _arrivals[i] != _arrivals[kept - 1])
                _arrivals[kept++] = _arrivals[i];
        }
        _count = kept;
        if (kept == Limit) _oldest = _arrivals[kept - 1];
    }
}
