using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>A product's stock as it is known.</summary>
/// <param name="Stock">Its shares and policy.</param>
/// <param name="IsRead">Whether all of its shares were read for it.</param>
internal readonly record struct KnownStock(ProductStock Stock, bool IsRead);

/// <summary>
/// Reads the stock of products, and tells of it. Shares are in partitions of their own: each is as
/// it is now, or as it is known, but together they are not of one moment. Any thread.
/// </summary>
internal sealed class StockReader(
    DocumentContainer shares, StockLayouts layouts, KnownShares known, Broadcast broadcast)
{
    /// <summary>The share; empty where nothing ever moved.</summary>
    public async ValueTask<Share> FindAsync(ShareKey key, CancellationToken ct)
    {
        var found = await shares.FindAsync<ShareDocument>(
            ShareKeyDocument.PartitionOf(key), ShareDocument.TypeName, ct);
        return known.Answered(found?.Document.ToShare() ?? Share.Empty(key));
    }

    /// <summary>A product's shares as they are now, and its policy.</summary>
    public async ValueTask<ProductStock> LoadAsync(
        Sku sku, StockRegion region, CancellationToken ct) =>
        (await AssembleAsync(sku, region, _ => null, ct)).Stock;

    /// <summary>The stock of several products, as it is now.</summary>
    public async ValueTask<ProductStock[]> LoadAsync(
        IReadOnlyList<Sku> skus, StockRegion region, CancellationToken ct) =>
        [.. await SideBySide.RunAsync(skus, sku => LoadAsync(sku, region, ct))];

    /// <summary>A product's shares as this instance knows them; what it does not know is read.
    /// </summary>
    public ValueTask<KnownStock> FindKnownAsync(
        Sku sku, StockRegion region, CancellationToken ct) =>
        AssembleAsync(sku, region, known.Find, ct);

    /// <summary>Tells of the products of shares that this instance has just moved, each once.
    /// </summary>
    public async ValueTask TellAsync(IReadOnlyList<Share> moved, CancellationToken ct)
    {
        if (moved.Count > 0)
            broadcast.Tell([.. await ChangesAsync(moved, known.Answered, ct)]);
    }

    /// <summary>
    /// Tells of the products of shares that some instance has moved, where they are news. What is
    /// read is no older than the shares are: the client's session has seen them.
    /// </summary>
    public async ValueTask TellNewsAsync(IReadOnlyList<Share> moved, CancellationToken ct) =>
        broadcast.TellNews([.. await ChangesAsync(moved, known.Followed, ct)]);

    /// <summary>Takes note of a layout that some instance has changed, and tells what can be
    /// promised now where that is another policy's, of a product that this instance was asked
    /// for: what nobody here has asked for nobody here waits to hear of.</summary>
    public async ValueTask FollowAsync(ChangedLayout changed, CancellationToken ct)
    {
        layouts.Drop(changed);
        if (changed is not { Sku: { } sku, Region: null }) return;
        var stocks = await SideBySide.RunAsync(
            layouts.RegionsOf(sku), region => FindKnownAsync(sku, region, ct));
        foreach (var (stock, _) in stocks)
        {
            // The units are as they were told, so that their version is no news.
            if (stock.Version > 0) broadcast.Tell(StockChanged.Of(stock));
        }
    }

    private async ValueTask<List<StockChanged>> ChangesAsync(
        IReadOnlyList<Share> moved, Func<Share, Share> note, CancellationToken ct)
    {
        var changes = new List<StockChanged>();
        foreach (var product in moved.GroupBy(share => (share.Key.Sku, share.Key.Region)))
        {
            var (sku, region) = product.Key;
            var newest = new Dictionary<ShareKey, Share>();
            foreach (var share in product) newest[share.Key] = note(share);
            var layout = await layouts.FindAsync(sku, region, newest.Keys, ct);
            var (stock, _) = await AssembleAsync(sku, region, layout,
                key => newest.GetValueOrDefault(key) ?? known.Find(key), ct);
            changes.Add(StockChanged.Of(stock));
        }
        return changes;
    }

    private async ValueTask<KnownStock> AssembleAsync(
        Sku sku, StockRegion region, Func<ShareKey, Share?> find, CancellationToken ct) =>
        await AssembleAsync(sku, region, await layouts.FindAsync(sku, region, ct), find, ct);

    /// <summary>A product's stock of what is known of its shares, and of what is read of the
    /// others.</summary>
    private async ValueTask<KnownStock> AssembleAsync(
        Sku sku, StockRegion region, StockLayout layout, Func<ShareKey, Share?> find,
        CancellationToken ct)
    {
        var found = new List<Share>(layout.Shares.Count);
        var unknown = new List<ShareKey>();
        foreach (var key in layout.Shares)
        {
            if (find(key) is { } share) found.Add(share);
            else unknown.Add(key);
        }
        found.AddRange(await SideBySide.RunAsync(unknown, key => FindAsync(key, ct)));
        return new(
            new(sku, region, layout.Policy, [.. found.Where(share => share.Version > 0)],
                layout.Warehouses),
            unknown.Count == layout.Shares.Count);
    }
}
