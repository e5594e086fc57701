using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>A region that alone writes its stock: where the shop runs, not who buys.</summary>
public readonly record struct StockRegion(string Value)
{
    /// <summary>The only region of a shop that runs on one machine.</summary>
    public static readonly StockRegion Home = new("home");

    public override string ToString() => Value;
}

/// <summary>Which part of a product's stock: the unit of writing.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Region">Who owns this part.</param>
/// <param name="Bucket">From 0; a product that is not hot has bucket 0 only.</param>
/// <param name="Warehouse">Where its units are, and ship from.</param>
public readonly record struct ShareKey(
    Sku Sku, StockRegion Region, int Bucket = 0, WarehouseId Warehouse = default)
{
    public override string ToString() => Warehouse == WarehouseId.Main
        ? $"{Sku}#{Region}#{Bucket}"
        : $"{Sku}#{Region}/{Warehouse}#{Bucket}";
}

/// <summary>
/// The units of one share. <c>OnHand = Available + Reserved</c>; no count is ever negative.
/// </summary>
/// <param name="Key">Which share.</param>
/// <param name="Available">Units that can be promised.</param>
/// <param name="Reserved">Units that are promised and still there.</param>
/// <param name="Version">Grows with every change; 0 where nothing ever moved.</param>
/// <param name="Backordered">
/// Units that are promised or sold and not there yet: the next units that come are theirs.
/// </param>
public sealed record Share(
    ShareKey Key, long Available, long Reserved, long Version, long Backordered = 0)
{
    /// <summary>Units that are there.</summary>
    public long OnHand => Available + Reserved;

    /// <summary>A share that nothing was ever received into.</summary>
    public static Share Empty(ShareKey key) => new(key, 0, 0, 0);

    /// <summary>
    /// The share after a movement: the only way in which a share changes. A count below none is
    /// a bug of the rules, and throws.
    /// </summary>
    public Share Apply(in MovementLine line)
    {
        var moved = new Share(
            Key, Available + line.AvailableDelta, Reserved + line.ReservedDelta, Version + 1,
            Backordered + line.BackorderedDelta);
        return moved.Available >= 0 && moved.Reserved >= 0 && moved.Backordered >= 0
            ? moved
            : throw new InvalidOperationException($"{line} would leave {moved}.");
    }
}
