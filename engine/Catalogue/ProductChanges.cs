using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Catalogue;

/// <summary>What is told of a product that was stored. Pure.</summary>
internal static class ProductChanges
{
    /// <summary>The changes from what was there to what is stored, in the order to tell them;
    /// none where nothing was written.</summary>
    public static StoreChange[] Between(Product? before, Product stored)
    {
        if (before?.Version == stored.Version) return [];
        var changed = new ProductChanged(stored);
        return before?.Price == stored.Price
            ? [changed]
            : [new PriceChanged(stored.Sku, stored.Price, stored.Version), changed];
    }
}
