using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>Puts all that the stores hold onto a shelf, page by page.</summary>
internal static class ShelfLoader
{
    // A page is one read of the store's: the log that it writes meanwhile cannot be folded in.
    private const int PageLimit = 10_000;

    /// <summary>Loads products and stock side by side.</summary>
    public static Task LoadAsync(Shelf shelf, ShopStores stores, CancellationToken ct) =>
        Task.WhenAll(
            Task.Run(() => LoadAsync(shelf, stores.Products, ct), ct),
            Task.Run(() => LoadAsync(shelf, stores.Stock, ct), ct));

    private static async Task LoadAsync(Shelf shelf, IProductStore products, CancellationToken ct)
    {
        for (Sku? after = null; ;)
        {
            var page = await products.SweepAsync(after, PageLimit, ct);
            foreach (var product in page) shelf.Put(product);
            if (page.Count < PageLimit) return;
            after = page[^1].Sku;
        }
    }

    private static async Task LoadAsync(Shelf shelf, IStockStore stock, CancellationToken ct)
    {
        for ((Sku Sku, StockRegion Region)? after = null; ;)
        {
            var page = await stock.SweepLevelsAsync(after, PageLimit, ct);
            foreach (var level in page) shelf.Put(level);
            if (page.Count < PageLimit) return;
            after = (page[^1].Sku, page[^1].Region);
        }
    }
}
