using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>The catalogue's port over units of work.</summary>
internal sealed class ProductStore(IShopRunner runner) : IProductStore
{
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

    public ValueTask<Answer<Product>> PutAsync(
        Product product, long? ifMatch, CancellationToken ct) =>
        runner.WriteAsync(tx => Put(tx, product, ifMatch), ct);

    public ValueTask<Answer<ImportCounts>> ImportAsync(
        IReadOnlyList<Product> products, CancellationToken ct) =>
        runner.WriteAsync(tx => Import(tx, products), ct);

    private static ProductPage List(IShopTransaction tx, ProductQuery query)
    {
        // One more than asked for tells whether there is a next page.
        var found = tx.Products.List(query with { Limit = query.Limit + 1 });
        return found.Count <= query.Limit
            ? new(found, null)
            : new([.. found.Take(query.Limit)], found[query.Limit - 1].Sku);
    }

    private static Answer<Product> Put(IShopTransaction tx, Product product, long? ifMatch)
    {
        var current = tx.Products.Find(product.Sku);
        var answer = ProductRules.Put(current, product, ifMatch, tx.Now);
        if (answer.Is(out var stored, out _)) Store(tx, current, stored);
        return answer;
    }

    private static Answer<ImportCounts> Import(
        IShopTransaction tx, IReadOnlyList<Product> products)
    {
        if (products.Count > ProductRules.ImportCountLimit)
        {
            return new Refusal(RefusalCode.LineLimit,
                $"An import has at most {ProductRules.ImportCountLimit} products a call.");
        }
        // All are checked before the first is written: all or none.
        foreach (var product in products)
            if (ProductRules.Check(product) is { } refusal) return refusal;
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
        if (current?.Price != stored.Price)
            tx.Tell(new PriceChanged(stored.Sku, stored.Price, stored.Version));
    }
}
