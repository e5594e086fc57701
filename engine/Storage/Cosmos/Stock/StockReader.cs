using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>Reads the stock of products, and tells of it. Any thread.</summary>
internal sealed class StockReader(
    DocumentContainer shares, StockLayouts layouts, Broadcast broadcast)
{
    /// <summary>The share; empty where nothing ever moved.</summary>
    public async ValueTask<Share> FindAsync(ShareKey key, CancellationToken ct) =>
        (await shares.FindAsync<ShareDocument>(
            ShareKeyDocument.PartitionOf(key), ShareDocument.TypeName, ct))?.Document.ToShare()
        ?? Share.Empty(key);

    /// <summary>A product's shares and policy. Each share is as it is now; together they are not
    /// of one moment, since they are in partitions of their own.</summary>
    public async ValueTask<ProductStock> LoadAsync(
        Sku sku, StockRegion region, CancellationToken ct)
    {
        var layout = await layouts.FindAsync(sku, region, ct);
        var found = await SideBySide.RunAsync(layout.Shares, key => FindAsync(key, ct));
        return StockOf(sku, region, layout, [.. found.Where(share => share.Version > 0)]);
    }

    /// <summary>The stock of several products.</summary>
    public async ValueTask<ProductStock[]> LoadAsync(
        IReadOnlyList<Sku> skus, StockRegion region, CancellationToken ct) =>
        [.. await SideBySide.RunAsync(skus, sku => LoadAsync(sku, region, ct))];

    /// <summary>Tells of the products of shares that were just moved, each once.</summary>
    public async ValueTask TellAsync(IReadOnlyList<Share> moved, CancellationToken ct)
    {
        if (moved.Count > 0)
            broadcast.Tell([.. (await LoadAsync(moved, ct)).Select(StockChanged.Of)]);
    }

    /// <summary>
    /// Tells of the products of shares that some instance has moved, where they are news. What is
    /// read is no older than the shares are: the client's session has seen them.
    /// </summary>
    public async ValueTask TellNewsAsync(IReadOnlyList<Share> moved, CancellationToken ct)
    {
        foreach (var share in moved) layouts.Noticed(share.Key);
        broadcast.TellNews([.. (await LoadAsync(moved, ct)).Select(StockChanged.Of)]);
    }

    private async ValueTask<List<ProductStock>> LoadAsync(
        IReadOnlyList<Share> moved, CancellationToken ct)
    {
        var stocks = new List<ProductStock>();
        foreach (var product in moved.GroupBy(share => (share.Key.Sku, share.Key.Region)))
        {
            var (sku, region) = product.Key;
            var layout = await layouts.FindAsync(sku, region, ct);
            // The write has answered with the share, and mostly there is no other.
            stocks.Add(layout.Shares is [var only] && only == product.Last().Key
                ? StockOf(sku, region, layout, [product.Last()])
                : await LoadAsync(sku, region, ct));
        }
        return stocks;
    }

    private static ProductStock StockOf(
        Sku sku, StockRegion region, StockLayout layout, Share[] found) =>
        new(sku, region, layout.Policy, found, layout.Warehouses);
}
