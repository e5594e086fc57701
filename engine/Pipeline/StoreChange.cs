using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>Something that a store has durably changed.</summary>
public abstract record StoreChange;

/// <summary>A share's stock is another.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Region">Whose share.</param>
/// <param name="Available">Units that can be promised now.</param>
/// <param name="Version">The share's; a lower one is older.</param>
public sealed record StockChanged(
    Sku Sku, StockRegion Region, long Available, long Version) : StoreChange;

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
