using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>
/// All shares of a product in a region, as they are within one unit of work, and the policy that
/// they are promised by. Rules read it; the store that gave it keeps it current, and nobody keeps
/// it beyond the unit.
/// </summary>
/// <remarks>In the order of shipping: by the priority of the warehouse, then by bucket.</remarks>
public sealed class ProductStock
{
    private readonly IReadOnlyList<Warehouse> _warehouses;
    private Share[] _shares;
    private long[] _storedVersions;

    /// <param name="sku">The product.</param>
    /// <param name="region">Whose stock.</param>
    /// <param name="policy">How it is promised.</param>
    /// <param name="shares">Its shares in any order; becomes this object's own.</param>
    /// <param name="warehouses">The warehouses of the region.</param>
    public ProductStock(
        Sku sku, StockRegion region, StockPolicy policy, Share[] shares,
        IReadOnlyList<Warehouse> warehouses)
    {
        (Sku, Region, Policy, _warehouses) = (sku, region, policy, warehouses);
        Array.Sort(shares, ByShipping);
        _shares = shares;
        _storedVersions = [.. shares.Select(share => share.Version)];
        foreach (var share in shares) Count(share, +1);
    }

    public Sku Sku { get; }

    public StockRegion Region { get; }

    public StockPolicy Policy { get; }

    /// <summary>In the order of shipping.</summary>
    public ReadOnlySpan<Share> Shares => _shares;

    /// <summary>Units of all shares that are not reserved.</summary>
    public long Available { get; private set; }

    /// <summary>Units of all shares that are promised and still there.</summary>
    public long Reserved { get; private set; }

    /// <summary>Units that are owed by all shares.</summary>
    public long Backordered { get; private set; }

    /// <summary>Grows with every change of a share.</summary>
    public long Version { get; private set; }

    /// <summary>Units that are there and can be promised: all but the safety stock.</summary>
    public long Promisable => Policy.PromisableOf(Available);

    /// <summary>The share, empty where nothing ever moved.</summary>
    public Share Find(ShareKey key)
    {
        var at = IndexOf(key);
        return at < 0 ? Share.Empty(key) : _shares[at];
    }

    /// <summary>The counts of all shares.</summary>
    public StockLevel ToLevel() =>
        new(Sku, Region, Available, Reserved, Backordered, Promisable, Version)
        { IsTracked = Policy.IsTracked };

    /// <summary>Moves a share. Throws where that would leave less than none.</summary>
    /// <returns>Whether it is the first change since <see cref="TakeChanges"/>.</returns>
    internal bool Apply(in MovementLine line)
    {
        var at = IndexOf(line.Share);
        if (at < 0) at = Insert(line.Share);
        var before = _shares[at];
        var moved = before.Apply(line);
        _shares[at] = moved;
        Count(before, -1);
        Count(moved, +1);
        var first = !HasChanges;
        HasChanges = true;
        return first;
    }

    /// <summary>Whether a share was moved since <see cref="TakeChanges"/>.</summary>
    internal bool HasChanges { get; private set; }

    /// <summary>Gives each share that was moved, once, and takes it for stored.</summary>
    internal void TakeChanges(Action<Share> store)
    {
        for (var i = 0; i < _shares.Length; i++)
        {
            if (_shares[i].Version == _storedVersions[i]) continue;
            store(_shares[i]);
            _storedVersions[i] = _shares[i].Version;
        }
        HasChanges = false;
    }

    private int IndexOf(ShareKey key)
    {
        for (var i = 0; i < _shares.Length; i++)
        {
            var other = _shares[i].Key;
            if (other.Bucket == key.Bucket && other.Warehouse == key.Warehouse) return i;
        }
        return -1;
    }

    private int Insert(ShareKey key)
    {
        var share = Share.Empty(key);
        var at = ~Array.BinarySearch(_shares, share, Comparer<Share>.Create(ByShipping));
        _shares = [.. _shares[..at], share, .. _shares[at..]];
        _storedVersions = [.. _storedVersions[..at], 0, .. _storedVersions[at..]];
        return at;
    }

    private void Count(Share share, int sign)
    {
        Available += sign * share.Available;
        Reserved += sign * share.Reserved;
        Backordered += sign * share.Backordered;
        Version += sign * share.Version;
    }

    private int ByShipping(Share one, Share other)
    {
        if (one.Key.Warehouse != other.Key.Warehouse)
        {
            var (a, b) = (one.Key.Warehouse, other.Key.Warehouse);
            var order = Warehouse.PriorityOf(a, _warehouses)
                .CompareTo(Warehouse.PriorityOf(b, _warehouses));
            return order != 0 ? order : string.CompareOrdinal(a.Value, b.Value);
        }
        return one.Key.Bucket.CompareTo(other.Key.Bucket);
    }
}

/// <summary>The counts of a product in a region, over all its shares.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Region">Whose stock.</param>
/// <param name="Available">Units that are not reserved.</param>
/// <param name="Reserved">Units that are promised and still there.</param>
/// <param name="Backordered">Units that are owed.</param>
/// <param name="Promisable">Available units less the safety stock.</param>
/// <param name="Version">Grows with every change; 0 where nothing ever moved.</param>
public sealed record StockLevel(
    Sku Sku,
    StockRegion Region,
    long Available,
    long Reserved,
    long Backordered,
    long Promisable,
    long Version)
{
    /// <summary>Whether units are counted; else there are always enough.</summary>
    public bool IsTracked { get; init; } = true;

    /// <summary>Units that are there.</summary>
    public long OnHand => Available + Reserved;

    /// <summary>
    /// Whether a unit that is there can be sold now. A product that stock was never kept of can: a
    /// replayed history has no stock. What could only be owed cannot.
    /// </summary>
    public bool CanSell => Version == 0 || !IsTracked || Promisable > 0;
}
