using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Feed;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using StreamCommerce.Tests.Engine.Storage;

namespace StreamCommerce.Tests.Cosmos.Stock;

/// <summary>The stock's parts on a shop's account, as another instance has them, for tests that
/// do what no port does.</summary>
internal sealed class StockParts : IDisposable
{
    private readonly ShopFixture _shop;
    private readonly CosmosClient _client;
    private readonly CosmosRequests _requests;

    public StockParts(ShopFixture shop)
    {
        _shop = shop;
        Options = new()
        {
            Endpoint = shop.CosmosOptions.Endpoint,
            Key = shop.CosmosOptions.Key,
            LedgerLifetime = TimeSpan.FromHours(1),
        };
        _client = CosmosAccount.Open(Options, settings =>
        {
            settings.HttpClientFactory = () => new(shop.Gate!.Handler, disposeHandler: false);
            settings.LimitToEndpoint = true;
        });
        _requests = new(Options, shop.Time);
        Clock = new(shop.Time, 7);
        Layouts = new(Of(CosmosSchema.StockIndex), Options, shop.Time);
        Writer = new(Of(CosmosSchema.Stock), Layouts);
        Ledger = LedgerOf(StockRegion.Home);
    }

    public CosmosOptions Options { get; }

    public HybridClock Clock { get; }

    public StockLayouts Layouts { get; }

    public ShareWriter Writer { get; }

    public StockLedger Ledger { get; }

    /// <summary>Another instance of the shop, with these options.</summary>
    public ShopStores OpenShop() => CosmosShop.Open(_client, Options, _shop.Time);

    /// <summary>The ledger as an instance of another region has it.</summary>
    public StockLedger LedgerOf(StockRegion region) => new(Of(CosmosSchema.Stock),
        Of(CosmosSchema.Reservations), Of(CosmosSchema.Operations), Layouts, region);

    public DocumentContainer Of(string container) =>
        new(_client.GetContainer(Options.Database, container), _requests);

    /// <summary>Tells of changes, to nobody, as a feed would.</summary>
    public FeedTeller Teller()
    {
        var broadcast = new Broadcast();
        return new(new(Options.Region, DateTimeOffset.UnixEpoch),
            new(Of(CosmosSchema.Stock), Layouts, new(Options, _shop.Time), broadcast),
            new(Of(CosmosSchema.DeadLetters), _shop.Time), broadcast, _shop.Time);
    }

    /// <summary>A ledger's folding that ends few entries at a time.</summary>
    public LedgerFolding Folding(int entryCount = 3) =>
        new(Of(CosmosSchema.Stock), Ledger, Options, _shop.Time) { EntryCount = entryCount };

    /// <summary>A movement that is decided now, and was not begun.</summary>
    public MovementDocument Receipt(string sku, int units) => MovementDocument.Of(
        new(new("parts"), MovementKind.Received, [new(ShopFixture.Share(sku), units, 0)], null,
            _shop.Time.GetUtcNow()), Clock);

    /// <summary>Receives one unit so often; the writer alone, since operations take longer.
    /// </summary>
    public async Task FillLedgerAsync(string sku, int times)
    {
        for (var i = 0; i < times; i++)
            await Writer.MoveAsync(Receipt(sku, 1), 0, mayBeVoid: false, _shop.Ct);
    }

    /// <summary>Entries that are in the ledger.</summary>
    public int CountEntries() => _shop.Gate!.ItemsOf(Options.Database, CosmosSchema.Stock)
        .Count(item => item.GetProperty("type").GetString() == EntryDocument.TypeName);

    public void Dispose() => _client.Dispose();
}
