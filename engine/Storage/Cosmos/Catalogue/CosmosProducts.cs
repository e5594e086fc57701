using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Catalogue;

/// <summary>
/// The catalogue's port on Cosmos DB. Each product is a partition of its own and is written over
/// the very state that <see cref="ProductRules.Put"/> has decided on. Any thread.
/// </summary>
/// <remarks>
/// Two things are weaker than in a store with one writer. All products of an import are checked
/// before the first is written, but they are then written one by one: a fault may leave a part of
/// them, which a repetition of the import completes. And what a bundle is made of is checked
/// before the bundle is written: another instance that makes a bundle of a component at this very
/// moment is not noticed.
/// </remarks>
internal sealed class CosmosProducts(
    DocumentContainer documents, Broadcast broadcast, HybridClock clock, TimeProvider time)
    : IProductStore
{
    // Others that write the same product between our reading and writing it.
    private const int RaceLimit = 10;

    // All that a sweep gives: descriptions would be most of its bytes.
    private const string BareColumns =
        "c.id, c.sku, c.title, c.brand, c.categories, c.attributes, c.priceAmount, " +
        "c.priceCurrency, c.components, c.version, c.updatedAt, c.addedAt";

    private readonly record struct Put(Answer<Product> Answer, bool IsWritten);

    public async ValueTask<Product?> GetAsync(Sku sku, CancellationToken ct) =>
        (await FindAsync(sku, ct))?.Document.ToProduct();

    public async ValueTask<IReadOnlyList<Product>> GetManyAsync(
        IReadOnlyList<Sku> skus, CancellationToken ct) =>
        [.. (await ReadAsync(skus, ct)).OfType<Product>()];

    // Not cached: what another instance has written must be seen, and a point read is 1 RU.
    public async ValueTask<IReadOnlyList<Offer?>> GetOffersAsync(
        IReadOnlyList<Sku> skus, CancellationToken ct) =>
        [.. (await ReadAsync(skus, ct)).Select(product =>
            product is null ? null : Offer.Of(product))];

    public async ValueTask<ProductPage> ListAsync(ProductQuery query, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, ProductQuery.LimitMaximum);
        var ofCategory = query.Category is null
            ? "" : "AND ARRAY_CONTAINS(c.categories, @category) ";
        var asked = new QueryDefinition(
            $"SELECT TOP @limit * FROM c WHERE c.sku > @after {ofCategory}ORDER BY c.sku")
            .WithParameter("@limit", query.Limit + 1)
            .WithParameter("@after", query.After?.Value ?? "");
        if (query.Category is { } category) asked.WithParameter("@category", category);
        return ProductPage.Of(await QueryAsync(asked, ct), query.Limit);
    }

    public async ValueTask<IReadOnlyList<Product>> SweepAsync(
        Sku? after, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, ProductQuery.SweepMaximum);
        return await QueryAsync(
            new QueryDefinition(
                $"SELECT TOP @limit {BareColumns} FROM c WHERE c.sku > @after ORDER BY c.sku")
                .WithParameter("@limit", limit)
                .WithParameter("@after", after?.Value ?? ""), ct);
    }

    public async ValueTask<Answer<Product>> PutAsync(
        Product product, long? ifMatch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        // Who gives up waiting does not end the write between two of its steps.
        return (await PutAsync(product, ifMatch, isChecked: false).WaitAsync(ct)).Answer;
    }

    public async ValueTask<Answer<ImportCounts>> ImportAsync(
        IReadOnlyList<Product> products, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return await ImportAsync(products).WaitAsync(ct);
    }

    private async Task<Put> PutAsync(Product product, long? ifMatch, bool isChecked)
    {
        var stamp = clock.NewId();
        Product? before = null;
        for (var i = 0; i < RaceLimit; i++)
        {
            var stored = await FindAsync(product.Sku, CancellationToken.None);
            var current = stored?.Document.ToProduct();
            // Our own write of the last round, whose answer was lost.
            if (current is not null && stored!.Document.Stamp == stamp)
                return Tell(before, current);
            var answer = ProductRules.Put(current, product, ifMatch, time.GetUtcNow());
            if (!answer.Is(out var next, out _) || next.Version == current?.Version)
                return new(answer, false);
            if (!isChecked && await CheckBundlesAsync([next]) is { } refusal)
                return new(refusal, false);
            if (await TryStoreAsync(next, stamp, stored?.ETag)) return Tell(current, next);
            before = current;
        }
        throw new StoreUnavailableException(
            $"Product {product.Sku} is changed by too many at once.");
    }

    private async Task<Answer<ImportCounts>> ImportAsync(IReadOnlyList<Product> imported)
    {
        if (ImportRules.Check(imported) is { } refusal) return refusal;
        if (await CheckBundlesAsync(imported) is { } wrong) return wrong;
        // Where a call names a product twice, the later one holds.
        var puts = (await SideBySide.RunAsync(
            imported.GroupBy(product => product.Sku), PutInOrderAsync))
            .SelectMany(done => done).ToList();
        var written = puts.Where(put => put.IsWritten).ToList();
        var added = written.Count(put => put.Answer.Value!.Version == 1);
        return new ImportCounts(added, written.Count - added, puts.Count - written.Count);

        async ValueTask<List<Put>> PutInOrderAsync(IEnumerable<Product> versions)
        {
            var done = new List<Put>();
            foreach (var product in versions)
                done.Add(await PutAsync(product, null, isChecked: true));
            return done;
        }
    }

    private Put Tell(Product? before, Product stored)
    {
        broadcast.Tell(ProductChanges.Between(before, stored));
        return new(stored, true);
    }

    /// <returns>Whether it is done; else somebody was quicker.</returns>
    private async ValueTask<bool> TryStoreAsync(Product product, string stamp, string? etag)
    {
        var document = ProductDocument.Of(product, stamp);
        var reply = etag is null
            ? await documents.CreateAsync(document.Sku, document, CancellationToken.None)
            : await documents.ReplaceAsync(
                document.Sku, document.Id, document, etag, CancellationToken.None);
        return reply.Result == Written.Done;
    }

    private async ValueTask<Refusal?> CheckBundlesAsync(IReadOnlyList<Product> coming)
    {
        var bundles = coming.Where(product => product.Components.Count > 0).ToList();
        if (bundles.Count == 0) return null;
        var parts = (await ReadAsync(
            [.. bundles.SelectMany(bundle => bundle.Components).Select(part => part.Sku)
                .Except(coming.Select(product => product.Sku))], CancellationToken.None))
            .OfType<Product>().ToDictionary(part => part.Sku);
        Sku[] skus = [.. bundles.Select(bundle => bundle.Sku).Distinct()];
        var found = await SideBySide.RunAsync(skus, IsComponentAsync);
        var nested = skus.Where((_, i) => found[i]).ToHashSet();
        return ImportRules.CheckBundles(
            coming, sku => parts.GetValueOrDefault(sku), nested.Contains);
    }

    private async ValueTask<bool> IsComponentAsync(Sku sku)
    {
        var query = new QueryDefinition($"SELECT TOP 1 {BareColumns} FROM c " +
            "WHERE ARRAY_CONTAINS(c.components, {\"sku\": @sku}, true)")
            .WithParameter("@sku", sku.Value);
        return (await QueryAsync(query, CancellationToken.None)).Count > 0;
    }

    private async ValueTask<Stored<ProductDocument>?> FindAsync(Sku sku, CancellationToken ct) =>
        // No others are ever stored, and the account would not take them for an id.
        sku.Value is { Length: > 0 and <= EventRules.IdLengthLimit } and not ("." or "..")
            ? await documents.FindAsync<ProductDocument>(
                sku.Value, ProductDocument.IdOf(sku), ct)
            : null;

    /// <summary>In the order asked for; null where there is none.</summary>
    private async ValueTask<IReadOnlyList<Product?>> ReadAsync(
        IReadOnlyList<Sku> skus, CancellationToken ct) =>
        await SideBySide.RunAsync(skus, sku => GetAsync(sku, ct));

    private async ValueTask<IReadOnlyList<Product>> QueryAsync(
        QueryDefinition query, CancellationToken ct)
    {
        var found = new List<Product>();
        await foreach (var document in documents.ListAsync<ProductDocument>(query, ct))
            found.Add(document.ToProduct());
        return found;
    }
}
