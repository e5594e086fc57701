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
/// at once, so that all of it stays on the simulation's one thread.
/// </summary>
internal sealed class AccountStore : ISimulatedStore, IDisposable
{
    private readonly CosmosGateway _gateway;
    private readonly CosmosOptions _options;
    private readonly VirtualWorld _world;
    private readonly Way _way;
    private readonly CosmosClient _client;
    private readonly ShopStores _calm;

    public AccountStore(VirtualWorld world)
    {
        _world = world;
        // Requests are counted by nobody here.
        _gateway = new(world.Outside.Time, new() { RequestsKept = 1 });
        _options = new()
        {
            Endpoint = _gateway.Endpoint.ToString(),
            Key = _gateway.Key,
            Node = 1,
        };
        _way = new(_gateway.Handler);
        _client = CosmosAccount.Open(_options, settings =>
        {
            settings.HttpClientFactory = () => new(_way, disposeHandler: false);
            // No other region, and nothing that it would look for in the background.
            settings.LimitToEndpoint = true;
        });
        _calm = CosmosShop.Open(_client, _options, world.Outside.Time);
        Wait(PrepareAsync());
    }

    public bool IsOneUnit => false;

    public IProductStore Products => _calm.Products;

    public void Fill(IEnumerable<Product> products, IEnumerable<StockAdjustment> stock)
    {
        foreach (var product in products)
        {
            Finished(_calm.Products.PutAsync(product, null, CancellationToken.None).AsTask());
        }
        foreach (var adjustment in stock)
            Finished(_calm.Stock.AdjustAsync(adjustment, CancellationToken.None).AsTask());
    }

    public ShopStores OpenFor(SimulatedShop shop, Life life)
    {
        _way.Current = new(new SimulatedNetwork(_gateway.Handler, shop, life));
        return CosmosShop.Open(_client, _options, life.Time);
    }

    public void Read(Action<IDurableState> look) => look(new AccountState(_gateway, _options));

    public DateTimeOffset? NextRepair(bool ofOrders) =>
        new AccountState(_gateway, _options).NextRepair(ofOrders, _world.Now);

    public void Dispose()
    {
        _client.Dispose();
        _way.Dispose();
    }

    /// <summary>
    /// What the client asks once, and then knows: it leaves the thread for that, and never again.
    /// </summary>
    private async Task PrepareAsync()
    {
        await CosmosDatabase.CreateAsync(_client, _options, 4_000, CancellationToken.None);
        foreach (var wanted in CosmosSchema.Containers)
        {
            var container = _client.GetContainer(_options.Database, wanted.Id);
            using var none = await container.ReadItemStreamAsync("none", new("none"));
            using var pages = container.GetItemQueryIterator<object>("SELECT * FROM c");
            await pages.ReadNextAsync();
        }
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

    /// <summary>The client's handler: to the account itself, or as the present process has it.
    /// </summary>
    private sealed class Way(HttpMessageHandler account) : HttpMessageHandler
    {
        public HttpMessageInvoker Current { get; set; } = new(account, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Current.SendAsync(request, cancellationToken);
    }
}
