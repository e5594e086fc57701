using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage.Cosmos.Carts;
using StreamCommerce.Engine.Storage.Cosmos.Catalogue;
using StreamCommerce.Engine.Storage.Cosmos.Checkout;
using StreamCommerce.Engine.Storage.Cosmos.Feed;
using StreamCommerce.Engine.Storage.Cosmos.Groups;
using StreamCommerce.Engine.Storage.Cosmos.Models;
using StreamCommerce.Engine.Storage.Cosmos.Outbox;
using StreamCommerce.Engine.Storage.Cosmos.Payments;
using StreamCommerce.Engine.Storage.Cosmos.Pricing;
using StreamCommerce.Engine.Storage.Cosmos.Profiles;
using StreamCommerce.Engine.Storage.Cosmos.Stock;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// A shop on Azure Cosmos DB. Unlike the stores with one writer it has no transaction over more
/// than one partition: what spans several is a saga (<see cref="Settlement{T}"/>,
/// <see cref="CosmosCheckout"/>).
/// </summary>
public static class CosmosShop
{
    /// <summary>Opens a shop whose database and containers are there
    /// (<see cref="CosmosDatabase"/>).</summary>
    /// <param name="options">The account, and limits.</param>
    /// <param name="time">The shop's clock.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ShopStores Open(CosmosOptions options, TimeProvider time)
    {
        var client = CosmosAccount.Open(options);
        return Open(client, options, time, client);
    }

    /// <summary>Opens a shop over a client that stays the caller's.</summary>
    internal static ShopStores Open(
        CosmosClient client, CosmosOptions options, TimeProvider time) =>
        Open(client, options, time, null);

    private static ShopStores Open(
        CosmosClient client, CosmosOptions options, TimeProvider time, IDisposable? owned)
    {
        var requests = new CosmosRequests(options, time);
        var clock = new HybridClock(
            time, options.Node ?? Guid.CreateVersion7(time.GetUtcNow()).ToByteArray()[^1]);
        var broadcast = new Broadcast();

        var region = new StockRegion(options.StockRegion ?? options.Region);
        var layouts = new StockLayouts(Of(CosmosSchema.StockIndex), options, time);
        var shares = Of(CosmosSchema.Stock);
        var reader = new StockReader(shares, layouts, new(options, time), broadcast);
        var movements = new MovementWriter(new(shares, layouts), clock);
        var waiting = new WaitingLines(Of(CosmosSchema.StockIndex));
        var sagas = new ReservationSagas(
            Of(CosmosSchema.Reservations), movements, reader, waiting, clock, time);
        var backfill = new Backfill(reader, waiting, sagas, time);
        var operations = new StockOperations(
            Of(CosmosSchema.Operations), movements, reader, backfill, clock, time);
        var ledger = new StockLedger(shares, Of(CosmosSchema.Reservations),
            Of(CosmosSchema.Operations), layouts, region);
        var sweeps = new StockSweeps(ledger, sagas, operations, reader, backfill,
            new(shares, ledger, options, time), time);
        var stock = new CosmosStock(
            reader, sagas, operations, backfill, ledger, sweeps, layouts, clock, time);

        var carts = new CosmosCarts(Of(CosmosSchema.Carts), options.Region, broadcast, clock, time);
        var coupons = new CosmosCoupons(Of(CosmosSchema.Coupons));
        var orders = new CosmosOrders(Of(CosmosSchema.Orders), clock);
        var feed = options.Feed ? OpenFeed() : null;
        return new(broadcast.Changes, broadcast.Observers, new Closing(feed, broadcast, owned))
        {
            Feed = feed,
            Products = new CosmosProducts(
                Of(CosmosSchema.Products), broadcast, clock, time),
            Stock = stock,
            StockKeeping = new CosmosStockKeeping(
                reader, operations, sagas, ledger, layouts, broadcast, time),
            Carts = carts,
            Orders = orders,
            Checkout = new CosmosCheckout(
                new(Of(CosmosSchema.CheckoutKeys), time), orders, stock, coupons,
                new(orders, stock, carts, coupons), broadcast, time),
            Outbox = new CosmosOutbox(
                Of(CosmosSchema.Carts), Of(CosmosSchema.Orders), broadcast),
            Webhooks = new CosmosWebhooks(Of(CosmosSchema.Webhooks), clock, time),
            Coupons = coupons,
            Shared = new(
                new CosmosGroupPlaces(Of(CosmosSchema.Checkpoints), time),
                new CosmosProfiles(Of(CosmosSchema.Profiles), options.ProfileLifetime),
                new(Of(CosmosSchema.DeadLetters), time)),
            HasSessions = true,
            StockRegion = region,
            OpenModels = files =>
                new CosmosModelRegistry(Of(CosmosSchema.Models), files, options, clock),
        };

        DocumentContainer Of(string container) =>
            new(client.GetContainer(options.Database, container), requests);

        CosmosFeed OpenFeed()
        {
            var since = time.GetUtcNow() - CosmosFeed.Overlap;
            var teller = new FeedTeller(new(options.Region, since), reader,
                new(Of(CosmosSchema.DeadLetters), time), broadcast, time);
            return new(client, options, teller, since, clock, time);
        }
    }

    private sealed class Closing(CosmosFeed? feed, Broadcast broadcast, IDisposable? client)
        : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (feed is not null) await feed.DisposeAsync();
            await broadcast.DisposeAsync();
            client?.Dispose();
        }
    }
}
