using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// The containers: how each is partitioned, what of it is indexed (what no query asks for is not,
/// since an index is paid for with every write), and what ends by itself. ARCHITECTURE.md tells
/// why and what each operation costs.
/// </summary>
internal static class CosmosSchema
{
    public const string Products = "products";
    public const string Stock = "stock";
    public const string StockIndex = "stockIndex";
    public const string Reservations = "reservations";
    public const string Operations = "operations";
    public const string Carts = "carts";
    public const string Orders = "orders";
    public const string CheckoutKeys = "checkoutKeys";
    public const string Coupons = "coupons";
    public const string Webhooks = "webhooks";
    public const string Profiles = "profiles";
    public const string Checkpoints = "checkpoints";
    public const string Models = "models";
    public const string Leases = "leases";
    public const string DeadLetters = "deadLetters";

    /// <summary>All containers, as they are to be.</summary>
    public static IReadOnlyList<ContainerProperties> Containers { get; } =
    [
        Of(Products, "/sku", "/sku/?", "/categories/[]/?", "/components/[]/sku/?"),
        Of(Stock, "/share", "/type/?", "/place/?", "/number/?", "/entries/?", "/isVoid/?",
            "/key/sku/?", "/backordered/?"),
        Of(StockIndex, "/scope", "/scope/?", "/type/?", "/number/?", "/sku/?"),
        Of(Reservations, "/id", "/current/state/?", "/current/expiresAt/?", "/isWaiting/?",
            "/pending/movement/at/?"),
        Of(Operations, "/id", "/pending/movement/at/?"),
        OfEnding(Carts, "/cart", "/cart/?", "/type/?", "/number/?", "/visitor/?", "/at/?"),
        Of(Orders, "/order", "/type/?", "/number/?", "/state/?", "/customer/?", "/placedAt/?",
            "/dueAt/?", "/effects/stock/?"),
        OfEnding(CheckoutKeys, "/id", "/startedAt/?", "/open/order/id/?"),
        Of(Coupons, "/promotion"),
        OfEnding(Webhooks, "/id", "/state/?", "/dueAt/?", "/number/?", "/receivedAt/?"),
        OfEnding(Profiles, "/id"),
        Of(Checkpoints, "/group", "/type/?", "/log/?"),
        Of(Models, "/id", "/type/?"),
        OfRuns(Leases, "/id"),
        Of(DeadLetters, "/id", "/visitor/?"),
    ];

    // The feed renews its leases several times a minute; who has not for a day is gone.
    private static ContainerProperties OfRuns(string name, string partitionKey)
    {
        var container = Of(name, partitionKey);
        container.DefaultTimeToLive = (int)TimeSpan.FromDays(1).TotalSeconds;
        return container;
    }

    private static ContainerProperties OfEnding(
        string name, string partitionKey, params string[] indexed)
    {
        var container = Of(name, partitionKey, indexed);
        // Nothing ends unless its document says when.
        container.DefaultTimeToLive = -1;
        return container;
    }

    private static ContainerProperties Of(
        string name, string partitionKey, params string[] indexed)
    {
        var policy = new IndexingPolicy { IndexingMode = IndexingMode.Consistent };
        foreach (var path in indexed) policy.IncludedPaths.Add(new() { Path = path });
        policy.ExcludedPaths.Add(new() { Path = "/*" });
        return new(name, partitionKey)
        {
            PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2,
            IndexingPolicy = policy,
        };
    }
}
