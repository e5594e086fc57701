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
    // Some 100 MB; full, it starts anew.
    private const int KeptLimit = 200_000;

    // More than a product can have: 64 buckets of 65 warehouses.
    private const int ShareLimit = 5_000;

    private readonly ConcurrentDictionary<(Sku Sku, StockRegion Region), Kept> _layouts = [];

    private readonly ConcurrentDictionary<StockRegion, bool> _regions = [];

    /// <summary>Regions whose layouts were asked for: this instance's own and a few others.
    /// </summary>
    public ICollection<StockRegion> Regions => _regions.Keys;

    /// <summary>The layout, as it was at most the lifetime ago.</summary>
    public async ValueTask<StockLayout> FindAsync(Sku sku, StockRegion region, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (_layouts.TryGetValue((sku, region), out var kept)
            && kept.Layout is { } known && now - kept.ReadAt < options.LayoutLifetime)
        {
            return known;
        }
        _regions.TryAdd(region, true);
        if (_layouts.Count > KeptLimit) _layouts.Clear();
        // Whoever changes the layout while it is read takes this away; then what was read is not
        // kept, since it may be from before.
        var reading = new Kept(null, now);
        _layouts[(sku, region)] = reading;
        var policy = ReadPolicyAsync(sku, ct);
        var warehouses = ReadWarehousesAsync(region, ct);
        var shares = await ReadSharesAsync(sku, region, ct);
        var layout = new StockLayout(await policy, shares, await warehouses);
        _layouts.TryUpdate((sku, region), new(layout, now), reading);
        return layout;
    }

    /// <summary>Forgets layouts that are others now.</summary>
    public void Drop(ChangedLayout changed)
    {
        foreach (var region in changed.Region is { } one ? [one] : _regions.Keys)
        {
            if (changed.Sku is { } sku)
            {
                _layouts.TryRemove((sku, region), out _);
                continue;
            }
            foreach (var key in _layouts.Keys.Where(key => key.Region == region))
                _layouts.TryRemove(key, out _);
        }
    }

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

    /// <summary>Somebody has moved a share: a layout that lacks it is an old one.</summary>
    public void Noticed(ShareKey key)
    {
        if (_layouts.TryGetValue((key.Sku, key.Region), out var kept)
            && kept.Layout?.Shares.Contains(key) != true)
        {
            Drop(new(key.Sku, key.Region));
        }
    }

    private async Task<IReadOnlyList<ShareKey>> ReadSharesAsync(
        Sku sku, StockRegion region, CancellationToken ct) =>
        [.. (await index.QueryAsync<ListedShareDocument>(
            new("SELECT * FROM c WHERE c.type = 'listed'"),
            ListedShareDocument.ScopeOf(sku, region), ShareLimit, ct))
            .Select(one => one.Key.ToKey())];

    // One object for each reading, so that one is told from the next.
    private sealed class Kept(StockLayout? layout, DateTimeOffset readAt)
    {
        /// <summary>Null while it is read.</summary>
        public StockLayout? Layout { get; } = layout;

        public DateTimeOffset ReadAt { get; } = readAt;
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
