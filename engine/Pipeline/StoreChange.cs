using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>Something that a store has durably changed.</summary>
public abstract record StoreChange;

/// <summary>
/// A product's stock in a region is another, or how it is promised; told once a commit, and once
/// more where the policy was put in it.
/// </summary>
/// <param name="Sku">The product.</param>
/// <param name="Region">Whose stock.</param>
/// <param name="Available">Units that are there and can be promised now, of all shares.</param>
/// <param name="Version">The stock's; a lower one is older.</param>
public sealed record StockChanged(
    Sku Sku, StockRegion Region, long Available, long Version) : StoreChange
{
    /// <summary>Whether units are counted; else there are always enough.</summary>
    public bool IsTracked { get; init; } = true;

    internal static StockChanged Of(ProductStock stock) =>
        new(stock.Sku, stock.Region, stock.Promisable, stock.Version)
        { IsTracked = stock.Policy.IsTracked };
}

/// <summary>A product of the catalogue is another, or new.</summary>
/// <param name="Product">As it is stored; a lower version is older.</param>
public sealed record ProductChanged(Product Product) : StoreChange;

/// <summary>A product's price is another, or its first.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Price">Of one unit.</param>
/// <param name="Version">The product's; a lower one is older.</param>
public sealed record PriceChanged(Sku Sku, Money Price, long Version) : StoreChange;

/// <summary>A cart is another.</summary>
public sealed record CartChanged(Cart Cart) : StoreChange;

/// <summary>An order was placed.</summary>
public sealed record OrderPlaced(Order Order) : StoreChange;

/// <summary>
/// Observers were too slow and this many changes were left out: read the stores again.
/// </summary>
public sealed record ChangesLost(long Count) : StoreChange;
