using System.Collections.Concurrent;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>How a product's stock in a region is kept: its policy, shares and warehouses.
/// </summary>
internal sealed record StockLayout(
    StockPolicy Policy, IReadOnlyList<ShareKey> Shares, IReadOnlyList<Warehouse> Warehouses);

/// <summary>A layout that is another: the product's in every region, where its policy was put; the
/// region's of every product, where a warehouse was; or that of one product in one region.
/// </summary>
internal readonly record struct ChangedLayout(Sku? Sku, StockRegion? Region);

/// <summary>
/// Layouts of products, from the container <c>stockIndex</c>: one document for each policy, share
/// and warehouse, none of which two writers change at a time. What this instance writes it sees at
/// once, what others write when the change feed tells of it, and at the latest when it is older
/// than <see cref="CosmosOptions.LayoutLifetime"/>. Any thread.
/// </summary>
internal sealed class StockLayouts(
    DocumentContainer index, CosmosOptions options, TimeProvider time)
{
    // More than a product can have: 64 buckets of 65 warehouses.
    private const int ShareLimit = 5_000;

    private readonly SharedReads<(Sku Sku, StockRegion Region), Product> _products = new(
        options.LayoutLifetime, time);

    // Of a region all products have the same: one partition, that is not to be read for each.
    private readonly SharedReads<StockRegion, IReadOnlyList<Warehouse>> _warehouses = new(
        options.LayoutLifetime, time);

    private sealed record Product(StockPolicy Policy, IReadOnlyList<ShareKey> Shares);

    /// <summary>The layout, as it was at most the lifetime ago.</summary>
    /// <param name="sku">The product.</param>
    /// <param name="region">The region.</param>
    /// <param name="ct">Gives up waiting; what is read is read to its end, for whoever else has
    /// asked.</param>
    public async ValueTask<StockLayout> FindAsync(Sku sku, StockRegion region, CancellationToken ct)
    {
        // The region first: a product that is dropped is so in all regions that are known.
        var warehouses = _warehouses.FindAsync(
            region, one => ReadWarehousesAsync(one, CancellationToken.None), ct);
        var product = _products.FindAsync((sku, region), ReadProductAsync, ct);
        await Task.WhenAll(product, warehouses);
        var (policy, shares) = await product;
        return new(policy, shares, await warehouses);
    }

    /// <summary>The layout of a product of which somebody has moved shares: one that lacks any of
    /// them is an old one.</summary>
    public async ValueTask<StockLayout> FindAsync(
        Sku sku, StockRegion region, IReadOnlyCollection<ShareKey> moved, CancellationToken ct)
    {
        var layout = await FindAsync(sku, region, ct);
        if (moved.All(layout.Shares.Contains)) return layout;
        // Only this very one: others may have found the same, and read it again already.
        _products.Drop((sku, region), old => ReferenceEquals(old.Shares, layout.Shares));
        return await FindAsync(sku, region, ct);
    }

    /// <summary>Regions in which this instance has asked for the product's layout.</summary>
    public IReadOnlyList<StockRegion> RegionsOf(Sku sku) =>
        [.. _warehouses.Keys.Where(region => _products.Has((sku, region)))];

    /// <summary>Forgets layouts that are others now.</summary>
    public void Drop(ChangedLayout changed)
    {
        if (changed.Sku is not { } sku)
        {
            foreach (var region in RegionsOf(changed)) _warehouses.Drop(region);
            return;
        }
        foreach (var region in RegionsOf(changed)) _products.Drop((sku, region));
    }

    private IEnumerable<StockRegion> RegionsOf(ChangedLayout changed) =>
        changed.Region is { } one ? [one] : _warehouses.Keys;

    /// <summary>The policy as it is stored now.</summary>
    public async Task<StockPolicy> ReadPolicyAsync(Sku sku, CancellationToken ct) =>
        (await index.FindAsync<PolicyDocument>(
            PolicyDocument.ScopeOf(sku), PolicyDocument.TypeName, ct))?.Document.Policy
        ?? StockPolicy.Default;

    public async ValueTask PutPolicyAsync(Sku sku, StockPolicy policy, CancellationToken ct)
    {
        await index.UpsertAsync(PolicyDocument.ScopeOf(sku), new PolicyDocument
        {
            Scope = PolicyDocument.ScopeOf(sku),
            Sku = sku.Value,
            Policy = policy,
        }, ct);
        Drop(new(sku, null));
    }

    /// <summary>The policies of those of the products that have one.</summary>
    public async ValueTask<Dictionary<Sku, StockPolicy>> ReadPoliciesAsync(
        IReadOnlyCollection<Sku> skus, CancellationToken ct)
    {
        var found = new Dictionary<Sku, StockPolicy>();
        var query = new QueryDefinition(
            "SELECT * FROM c WHERE c.type = 'policy' AND ARRAY_CONTAINS(@skus, c.sku)")
            .WithParameter("@skus", skus.Select(sku => sku.Value).ToArray());
        await foreach (var one in index.ListAsync<PolicyDocument>(query, ct))
            found[new(one.Sku)] = one.Policy;
        return found;
    }

    /// <summary>The warehouses of a region, the first to ship first.</summary>
    public async Task<IReadOnlyList<Warehouse>> ReadWarehousesAsync(
        StockRegion region, CancellationToken ct)
    {
        var scope = WarehouseDocument.ScopeOf(region);
        var found = await index.QueryAsync<WarehouseDocument>(
            new("SELECT * FROM c WHERE c.type = 'warehouse'"), scope, Warehouse.CountLimit, ct);
        return [.. found.Select(one => one.ToWarehouse())
            .OrderBy(one => one.Priority)
            .ThenBy(one => one.Id.Value, StringComparer.Ordinal)];
    }

    public async ValueTask PutWarehouseAsync(Warehouse warehouse, CancellationToken ct)
    {
        await index.UpsertAsync(
            WarehouseDocument.ScopeOf(warehouse.Region), WarehouseDocument.Of(warehouse), ct);
        Drop(new(null, warehouse.Region));
    }

    /// <summary>Makes a share known; nothing where it is known.</summary>
    public async ValueTask AddShareAsync(ShareKey key, CancellationToken ct)
    {
        var listed = ListedShareDocument.Of(key);
        await index.CreateAsync(listed.Scope, listed, ct);
        Drop(new(key.Sku, key.Region));
    }

    // For all who ask, so that none of them can cancel it; each request has its timeout.
    private async Task<Product> ReadProductAsync((Sku Sku, StockRegion Region) key)
    {
        var policy = ReadPolicyAsync(key.Sku, CancellationToken.None);
        var shares = ReadSharesAsync(key.Sku, key.Region, CancellationToken.None);
        await Task.WhenAll(policy, shares);
        return new(await policy, await shares);
    }

    private async Task<IReadOnlyList<ShareKey>> ReadSharesAsync(
        Sku sku, StockRegion region, CancellationToken ct) =>
        [.. (await index.QueryAsync<ListedShareDocument>(
            new("SELECT * FROM c WHERE c.type = 'listed'"),
            ListedShareDocument.ScopeOf(sku, region), ShareLimit, ct))
            .Select(one => one.Key.ToKey())];
}

/// <summary>
/// Reads what many ask for once, for all of them together, and keeps it for a while. What is
/// dropped while it is read is not kept, since it may be from before; nor is what failed. Any
/// thread.
/// </summary>
internal sealed class SharedReads<TKey, T>(TimeSpan lifetime, TimeProvider time)
    where TKey : notnull
{
    // Of layouts some 100 MB; full, it starts anew.
    private const int KeptLimit = 200_000;

    // In the place of what was dropped: that it was asked for is still known.
    private static readonly Reading Dropped = new(DateTimeOffset.MinValue);

    private readonly ConcurrentDictionary<TKey, Reading> _readings = [];

    /// <summary>What was ever asked for, but for what was too much.</summary>
    public ICollection<TKey> Keys => _readings.Keys;

    public bool Has(TKey key) => _readings.ContainsKey(key);

    /// <summary>The answer of a reading that was begun less than the lifetime ago.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="read">Reads it, where nobody does or has. It ends by itself.</param>
    /// <param name="ct">Gives up waiting, not the reading.</param>
    public Task<T> FindAsync(TKey key, Func<TKey, Task<T>> read, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        while (true)
        {
            if (_readings.TryGetValue(key, out var known) && now - known.BegunAt < lifetime)
                return known.Answer.Task.WaitAsync(ct);
            if (known is null && _readings.Count >= KeptLimit) _readings.Clear();
            // It is there before it begins: whoever drops it from then on finds it.
            var begun = new Reading(now);
            if (known is null
                ? _readings.TryAdd(key, begun)
                : _readings.TryUpdate(key, begun, known))
            {
                return ReadAsync(key, read, begun).WaitAsync(ct);
            }
        }
    }

    /// <summary>Forgets an answer, and the one that is read now.</summary>
    public void Drop(TKey key)
    {
        while (_readings.TryGetValue(key, out var known)
            && !_readings.TryUpdate(key, Dropped, known))
        {
        }
    }

    /// <summary>Forgets an answer that is there and of some kind.</summary>
    public void Drop(TKey key, Func<T, bool> which)
    {
        if (_readings.TryGetValue(key, out var known)
            && known.Answer.Task.IsCompletedSuccessfully && which(known.Given!))
        {
            _readings.TryUpdate(key, Dropped, known);
        }
    }

    private async Task<T> ReadAsync(TKey key, Func<TKey, Task<T>> read, Reading reading)
    {
        try
        {
            reading.Given = await read(key);
            reading.Answer.SetResult(reading.Given);
            return reading.Given;
        }
        catch (Exception fault)
        {
            _readings.TryUpdate(key, Dropped, reading);
            reading.Answer.SetException(fault);
            // Whoever has begun it is told here; nobody else may have waited.
            _ = reading.Answer.Task.Exception;
            throw;
        }
    }

    private sealed class Reading(DateTimeOffset begunAt)
    {
        public DateTimeOffset BegunAt { get; } = begunAt;

        /// <summary>What is answered; it is there before that.</summary>
        public T? Given { get; set; }

        /// <summary>Whoever waits goes on where the reading does: what waits for it is short, and
        /// one process's alone.</summary>
        public TaskCompletionSource<T> Answer { get; } = new();
    }
}

/// <summary>A product's policy.</summary>
internal sealed record PolicyDocument
{
    public const string TypeName = "policy";

    public string Id { get; init; } = TypeName;

    public string Type { get; init; } = TypeName;

    public required string Scope { get; init; }

    public required string Sku { get; init; }

    public required StockPolicy Policy { get; init; }

    public static string ScopeOf(Sku sku) => "policy#" + sku;
}

/// <summary>A warehouse of a region.</summary>
internal sealed record WarehouseDocument
{
    public const string TypeName = "warehouse";

    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    public required string Scope { get; init; }

    public required string Warehouse { get; init; }

    public required string Region { get; init; }

    public int Priority { get; init; }

    public Warehouse ToWarehouse() =>
        new(new WarehouseId(Warehouse), new(Region), Priority);

    public static string ScopeOf(StockRegion region) => "warehouses#" + region;

    public static WarehouseDocument Of(Warehouse warehouse) => new()
    {
        // The main one has no name of its own.
        Id = "warehouse:" + DocumentId.Of(warehouse.Id.Value),
        Scope = ScopeOf(warehouse.Region),
        Warehouse = warehouse.Id.Value,
        Region = warehouse.Region.Value,
        Priority = warehouse.Priority,
    };
}

/// <summary>That a product has a share: where to look for its units.</summary>
internal sealed record ListedShareDocument
{
    public const string TypeName = "listed";

    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    public required string Scope { get; init; }

    public required ShareKeyDocument Key { get; init; }

    public static string ScopeOf(Sku sku, StockRegion region) =>
        $"shares#{DocumentId.Of(sku.Value)}#{region}";

    public static ListedShareDocument Of(ShareKey key) => new()
    {
        Id = $"{key.Bucket}:{DocumentId.Of(key.Warehouse.Value)}",
        Scope = ScopeOf(key.Sku, key.Region),
        Key = ShareKeyDocument.Of(key),
    };
}
