using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>The catalogue's port over units of work.</summary>
internal sealed class ProductStore(IShopRunner runner) : IProductStore
{
    private readonly OfferCache _offers = new();

    public ValueTask<Product?> GetAsync(Sku sku, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Products.Find(sku), ct);

    public ValueTask<IReadOnlyList<Product>> GetManyAsync(
        IReadOnlyList<Sku> skus, CancellationToken ct) =>
        runner.ReadAsync<IReadOnlyList<Product>>(
            tx => [.. skus.Select(tx.Products.Find).OfType<Product>()], ct);

    public ValueTask<ProductPage> ListAsync(ProductQuery query, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, ProductQuery.LimitMaximum);
        return runner.ReadAsync(tx => List(tx, query), ct);
    }

    public ValueTask<IReadOnlyList<Product>> SweepAsync(
        Sku? after, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, ProductQuery.SweepMaximum);
        return runner.ReadAsync(tx => tx.Products.Sweep(after, limit), ct);
    }

    public ValueTask<IReadOnlyList<Offer?>> GetOffersAsync(
        IReadOnlyList<Sku> skus, CancellationToken ct)
    {
        var offers = new Offer?[skus.Count];
        for (var i = 0; i < offers.Length; i++)
        {
            if (_offers.Find(skus[i]) is not { } offer) return ReadOffersAsync(skus, ct);
            offers[i] = offer;
        }
        return new(offers);
    }

    public ValueTask<Answer<Product>> PutAsync(
        Product product, long? ifMatch, CancellationToken ct) =>
        WriteAsync(tx => Put(tx, product, ifMatch), [product], ct);

    public ValueTask<Answer<ImportCounts>> ImportAsync(
        IReadOnlyList<Product> products, CancellationToken ct) =>
        WriteAsync(tx => Import(tx, products), products, ct);

    private async ValueTask<IReadOnlyList<Offer?>> ReadOffersAsync(
        IReadOnlyList<Sku> skus, CancellationToken ct)
    {
        var writes = _offers.Writes;
        var offers = await runner.ReadAsync<Offer?[]>(
            tx => [.. skus.Select(sku => tx.Products.Find(sku) is { } product
                ? Offer.Of(product)
                : null)],
            ct);
        _offers.Keep(offers, writes);
        return offers;
    }

    // The offers are dropped also when the caller has given up waiting.
    private async ValueTask<Answer<T>> WriteAsync<T>(
        Func<IShopTransaction, Answer<T>> work, IReadOnlyList<Product> products,
        CancellationToken ct) where T : class
    {
        ct.ThrowIfCancellationRequested();
        return await WriteAndDropAsync().WaitAsync(ct);

        async Task<Answer<T>> WriteAndDropAsync()
        {
            try
            {
                return await runner.WriteAsync(work, CancellationToken.None);
            }
            finally
            {
                _offers.Drop(products.Select(product => product.Sku));
            }
        }
    }

    private static ProductPage List(IShopTransaction tx, ProductQuery query) => ProductPage.Of(
        tx.Products.List(query with { Limit = query.Limit + 1 }), query.Limit);

    private static Answer<Product> Put(IShopTransaction tx, Product product, long? ifMatch)
    {
        var current = tx.Products.Find(product.Sku);
        var answer = ProductRules.Put(current, product, ifMatch, tx.Now);
        if (!answer.Is(out var stored, out _)) return answer;
        if (BundleRules.CheckParts(stored, tx.Products.Find, tx.Products.IsComponent)
            is { } refusal) return refusal;
        Store(tx, current, stored);
        return answer;
    }

    private static Answer<ImportCounts> Import(
        IShopTransaction tx, IReadOnlyList<Product> products)
    {
        // All are checked before the first is written: all or none.
        if (ImportRules.Check(products) is { } refusal) return refusal;
        if (ImportRules.CheckBundles(products, tx.Products.Find, tx.Products.IsComponent)
            is { } wrong) return wrong;
        int added = 0, changed = 0;
        foreach (var product in products)
        {
            var current = tx.Products.Find(product.Sku);
            var stored = ProductRules.Put(current, product, null, tx.Now).Value!;
            if (current is null) added++;
            else if (current.Version != stored.Version) changed++;
            Store(tx, current, stored);
        }
        return new ImportCounts(added, changed, products.Count - added - changed);
    }

    private static void Store(IShopTransaction tx, Product? current, Product stored)
    {
        if (current?.Version == stored.Version) return;
        tx.Products.Put(stored);
        foreach (var change in ProductChanges.Between(current, stored)) tx.Tell(change);
    }
}
