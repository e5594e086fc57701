using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>
/// Units that can be promised now, by item and region, each as one 64-bit number: the version of
/// the stock above, the units below, up to what any bundle needs of one. So a place is read as a
/// whole, without a lock, and what is older never replaces what is newer. What almost every
/// question is about, whether there are any, is a bit each beside it: those of a whole shop lie in
/// the processor's cache. Any thread; writers take turns.
/// </summary>
internal sealed class StockColumns
{
    /// <summary>Regions at most: where a shop runs, not where it sells.</summary>
    public const int RegionLimit = 64;

    /// <summary>The number of each region that stock was never kept in.</summary>
    public const int Untouched = RegionLimit;

    /// <summary>Units of what is not counted, and of all that has as many or more: beyond
    /// <see cref="Catalogue.BundleRules.QuantityLimit"/> nobody asks.</summary>
    public const int Plenty = (1 << UnitBits) - 1;

    private const int UnitBits = 10;
    private const int BitsAWord = 64;

    private readonly Lock _gate = new();
    // The last one stays empty: that of the untouched regions.
    private readonly ItemColumn<long>[] _columns = new ItemColumn<long>[RegionLimit + 1];
    private readonly ItemColumn<ulong>[] _soldOut = new ItemColumn<ulong>[RegionLimit + 1];
    private volatile StockRegion[] _regions;
    private volatile bool _isFull;

    /// <param name="own">The region with the number 0.</param>
    public StockColumns(StockRegion own)
    {
        for (var i = 0; i < _columns.Length; i++) (_columns[i], _soldOut[i]) = (new(), new());
        _regions = [own];
    }

    /// <summary>
    /// The region's number at this moment: <see cref="Untouched"/> where stock was never kept in
    /// it; -1, where nothing can be sold, if there are too many to know.
    /// </summary>
    public int RegionOf(StockRegion region)
    {
        var known = Array.IndexOf(_regions, region);
        return known >= 0 ? known : _isFull ? -1 : Untouched;
    }

    /// <summary>
    /// Units that can be promised, 0 to <see cref="Plenty"/>; plenty where stock was never kept of
    /// the item, none of what has no number.
    /// </summary>
    public int UnitsOf(int item, int region)
    {
        if (item < 0 || (uint)region >= _columns.Length) return 0;
        var state = _columns[region][item];
        return state >> UnitBits == 0 ? Plenty : (int)(state & Plenty);
    }

    /// <summary>Whether <see cref="UnitsOf"/> is above 0.</summary>
    public bool HasUnits(int item, int region) =>
        item >= 0 && (uint)region < (uint)_soldOut.Length
        && (_soldOut[region][item / BitsAWord] >> item & 1) == 0;

    /// <summary>Takes the units of a version over what is older.</summary>
    /// <param name="item">The product.</param>
    /// <param name="region">Its region.</param>
    /// <param name="version">The stock's version; 0 where stock was never kept of it.</param>
    /// <param name="units">Units that can be promised.</param>
    /// <param name="isNews">Whether it was told by the store that wrote it, in order: then it also
    /// replaces an equal version, since a policy changes what is promised of the same units. What
    /// was read from a store does not: it may have been read before the policy came.</param>
    public void Put(int item, StockRegion region, long version, long units, bool isNews)
    {
        var column = Resolve(region);
        if (item < 0 || column < 0) return;
        ref var place = ref _columns[column].At(item);
        ref var soldOut = ref _soldOut[column].At(item / BitsAWord);
        var bit = 1UL << item;
        lock (_gate)
        {
            var known = place >> UnitBits;
            if (isNews ? version < known : version <= known) return;
            Volatile.Write(ref place, (version << UnitBits) | Math.Clamp(units, 0, Plenty));
            var isSoldOut = version > 0 && units <= 0;
            Volatile.Write(ref soldOut, isSoldOut ? soldOut | bit : soldOut & ~bit);
        }
    }

    private int Resolve(StockRegion region)
    {
        var known = Array.IndexOf(_regions, region);
        if (known >= 0) return known;
        lock (_gate)
        {
            known = Array.IndexOf(_regions, region);
            if (known >= 0) return known;
            if (_regions.Length == RegionLimit)
            {
                _isFull = true;
                return -1;
            }
            _regions = [.. _regions, region];
            return _regions.Length - 1;
        }
    }
}
