using System.Diagnostics.CodeAnalysis;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway;

namespace StreamCommerce.Tests.Simulation.Account;

/// <summary>
/// The store on Cosmos DB: the adapters and the SDK as they are, over a local gateway that answers
/// at once, so that all of it stays on the simulation's one thread. Each process has a client of
/// its own, and reads a replica of its own, which may be behind.
/// </summary>
internal sealed class AccountStore : ISimulatedStore, IDisposable
{
    private static readonly string[] Replicas = ["Replica 0", "Replica 1"];

    private readonly CosmosGateway _gateway;
    private readonly CosmosOptions _options;
    private readonly VirtualWorld _world;
    private readonly Member[] _members;
    private readonly Member _calm;
    private readonly ShopStores _stores;

    public AccountStore(VirtualWorld world)
    {
        _world = world;
        // Requests are counted by nobody here.
        _gateway = new(world.Outside.Time, new()
        {
            RequestsKept = 1,
            Regions = ["West Europe", .. Replicas],
        });
        _options = new()
        {
            Endpoint = _gateway.Endpoint.ToString(),
            Key = _gateway.Key,
            // The worst case: two that cannot be told by their numbers.
            Node = 1,
        };
        _calm = new(_gateway.Handler, _options);
        Wait(CosmosDatabase.CreateAsync(_calm.Client, _options, 4_000, CancellationToken.None));
        _members = [.. Replicas.Select(_ => new Member(_gateway.Handler, _options))];
        foreach (var member in _members.Append(_calm)) Wait(member.PrepareAsync(_options));
        _stores = CosmosShop.Open(_calm.Client, _options, world.Outside.Time);
    }

    public bool IsOneUnit => false;

    public int ProcessCount => Replicas.Length;

    public IProductStore Products => _stores.Products;

    public void Fill(IEnumerable<Product> products, IEnumerable<StockAdjustment> stock)
    {
        foreach (var product in products)
        {
            Finished(_stores.Products.PutAsync(product, null, CancellationToken.None).AsTask());
        }
        foreach (var adjustment in stock)
            Finished(_stores.Stock.AdjustAsync(adjustment, CancellationToken.None).AsTask());
    }

    public ShopStores OpenFor(SimulatedShop shop, Life life, int number)
    {
        var member = _members[number];
        member.Way.Current = new(new SimulatedNetwork(
            _gateway.Handler, CosmosGateway.EndpointOf(Replicas[number]), shop, life));
        return CosmosShop.Open(member.Client, _options, life.Time);
    }

    /// <summary>
    /// Each replica stands still for a while, catches up at once, and stands still again; how long
    /// is the seed's. Of what the other process writes a process sees then what is older than its
    /// own last write in the same physical partition.
    /// </summary>
    public void BeRough(SimulatedShop shop)
    {
        foreach (var replica in Replicas)
        {
            var lag = TimeSpan.FromSeconds(shop.Chance.Of(0, 5, 60));
            if (lag > TimeSpan.Zero) Hold(replica, lag, shop.Chance);
        }
    }

    public void Read(Action<IDurableState> look) => look(new AccountState(_gateway, _options));

    public DateTimeOffset? NextRepair(bool ofOrders) =>
        new AccountState(_gateway, _options).NextRepair(ofOrders, _world.Now);

    public void Dispose()
    {
        foreach (var member in _members.Append(_calm)) member.Dispose();
    }

    private void Hold(string replica, TimeSpan lag, Chance chance)
    {
        _gateway.Release(replica);
        if (!chance.IsRough) return;
        _gateway.HoldBack(replica);
        _world.After(chance.UpTo(lag), _world.Outside, () => Hold(replica, lag, chance));
    }

    [SuppressMessage("Usage", "VSTHRD002", Justification = "Before anything runs.")]
    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static void Finished(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException(
                "The client has left the simulation's thread.", task.Exception);
        }
    }

    /// <summary>A client, and the way that its requests take.</summary>
    private sealed class Member : IDisposable
    {
        public Member(HttpMessageHandler account, CosmosOptions options)
        {
            Way = new(account);
            Client = CosmosAccount.Open(options, settings =>
            {
                settings.HttpClientFactory = () => new(Way, disposeHandler: false);
                // No other region, and nothing that it would look for in the background.
                settings.LimitToEndpoint = true;
            });
        }

        public Way Way { get; }

        public CosmosClient Client { get; }

        /// <summary>
        /// What the client asks once, and then knows: it leaves the thread for that, and never
        /// again.
        /// </summary>
        public async Task PrepareAsync(CosmosOptions options)
        {
            foreach (var wanted in CosmosSchema.Containers)
            {
                var container = Client.GetContainer(options.Database, wanted.Id);
                using var none = await container.ReadItemStreamAsync("none", new("none"));
                using var pages = container.GetItemQueryIterator<object>("SELECT * FROM c");
                await pages.ReadNextAsync();
            }
        }

        public void Dispose()
        {
            Client.Dispose();
            Way.Dispose();
        }
    }

    /// <summary>A client's handler: to the account itself, or as the present process has it.
    /// </summary>
    private sealed class Way(HttpMessageHandler account) : HttpMessageHandler
    {
        public HttpMessageInvoker Current { get; set; } = new(account, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Current.SendAsync(request, cancellationToken);
    }
}
