using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Pricing;
using StreamCommerce.Engine.Storage.Memory;
using StreamCommerce.Engine.Storage.Sqlite;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Cosmos.Gateway;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>A shop with virtual time, and the few things that every test needs.</summary>
public sealed class ShopFixture : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    public static readonly Currency Euro = Currency.Of("EUR");

    private readonly string? _folder;
    private readonly CosmosClient? _client;
    private SandboxGateway? _gateway;
    private int _operations;

    private ShopFixture(string? folder)
    {
        Time = new(Start);
        _folder = folder;
        Stores = folder is null ? MemoryShop.Open(Time) : SqliteShop.Open(Options(folder), Time);
    }

    private ShopFixture(
        FakeTimeProvider time, Action<CosmosClientOptions>? configure, int? retryLimit)
    {
        Time = time;
        Gate = new(Time);
        CosmosOptions = new()
        {
            Endpoint = Gate.Endpoint.ToString(),
            Key = Gate.Key,
            RetryLimit = retryLimit ?? new CosmosOptions().RetryLimit,
        };
        _client = CosmosAccount.Open(CosmosOptions, settings =>
        {
            settings.HttpClientFactory = () => new(Gate.Handler, disposeHandler: false);
            configure?.Invoke(settings);
        });
        Stores = CosmosShop.Open(_client, CosmosOptions, Time);
    }

    public FakeTimeProvider Time { get; }

    public ShopStores Stores { get; private set; }

    public CancellationToken Ct { get; } = TestContext.Current.CancellationToken;

    public string Folder => _folder!;

    public static ShopFixture Memory() => new(folder: null);

    public static ShopFixture Cosmos() => new(new FakeTimeProvider(Start), null, null);

    /// <summary>A shop on Cosmos DB with a clock and a client of the test's choice.</summary>
    public static ShopFixture Cosmos(
        FakeTimeProvider time, Action<CosmosClientOptions>? configure = null,
        int? retryLimit = null) =>
        new(time, configure, retryLimit);

    public CosmosOptions CosmosOptions { get; } = new();

    /// <summary>The account of a shop on Cosmos DB; null for others.</summary>
    public CosmosGateway? Gate { get; }

    /// <summary>Makes what a shop needs before its first use.</summary>
    public async ValueTask PrepareAsync()
    {
        if (_client is not null)
            await CosmosDatabase.CreateAsync(_client, CosmosOptions, 4_000, Ct);
    }

    /// <summary>Another instance of the shop, on the same account.</summary>
    public ShopStores OpenAnother(string? stockRegion = null) => CosmosShop.Open(
        _client!,
        new() { Endpoint = CosmosOptions.Endpoint, Node = 1, StockRegion = stockRegion }, Time);

    public static ShopFixture Sqlite() =>
        new(Directory.CreateTempSubdirectory("shop-").FullName);

    public static SqliteShopOptions Options(string folder) =>
        new() { Path = Path.Combine(folder, "shop.db"), ReaderCount = 2 };

    public static ShareKey Share(string sku) => new(new(sku), StockRegion.Home);

    public async Task ReopenAsync()
    {
        await Stores.DisposeAsync();
        Stores = SqliteShop.Open(Options(Folder), Time);
    }

    /// <summary>
    /// Notes a shop on Cosmos DB as it is, and gives back what takes account, clock, gateway of
    /// payments and stores there again, with the client that knows the account.
    /// </summary>
    public Func<Task> Keep()
    {
        var (restore, at) = (Gate!.Keep(), Time.GetUtcNow());
        return async () =>
        {
            await Stores.DisposeAsync();
            Gate.Faults = null;
            restore();
            Time.AdjustTime(at);
            _gateway?.Dispose();
            _gateway = null;
            Stores = CosmosShop.Open(_client!, CosmosOptions, Time);
        };
    }

    /// <summary>Puts a product into the catalogue, and units of it into stock.</summary>
    public async Task StockAsync(string sku, int units, decimal price = 10m)
    {
        var answer = await Stores.Products.PutAsync(Product(sku, price), null, Ct);
        Assert.Null(answer.Refusal);
        if (units > 0) Assert.Null((await AdjustAsync(sku, units)).Refusal);
    }

    public static Product Product(string sku, decimal price = 10m) => new()
    {
        Sku = new(sku),
        Title = "The " + sku,
        Price = new(price, Euro),
    };

    public ValueTask<StreamCommerce.Engine.Answer<Share>> AdjustAsync(
        string sku, int delta, string? operation = null) =>
        Stores.Stock.AdjustAsync(
            new(new(operation ?? $"op-{Interlocked.Increment(ref _operations)}"),
                Share(sku), delta), Ct);

    public ValueTask<StreamCommerce.Engine.Answer<Reservation>> ReserveAsync(
        string id, params (string Sku, int Quantity)[] lines) =>
        Stores.Stock.ReserveAsync(
            new(new(id), [.. lines.Select(l => new StockLine(new(l.Sku), l.Quantity))],
                StockRegion.Home), Ct);

    public async Task<(long Available, long Reserved)> LevelAsync(string sku)
    {
        var level = (await Stores.Stock.GetLevelsAsync([new(sku)], StockRegion.Home, Ct))[0];
        return (level.Available, level.Reserved);
    }

    public static CheckoutRequest Request(string key, params (string Sku, int Quantity)[] lines) =>
        new()
        {
            Key = new("shop", key),
            Visitor = new("v1"),
            Currency = Euro,
            Payment = new("tok_visa"),
            Lines = [.. lines.Select(l => new CartLine(new(l.Sku), l.Quantity))],
        };

    /// <summary>The shop's gateway; it lives on when the shop is opened again.</summary>
    public SandboxGateway Gateway => _gateway ??= new(
        new GatewayOptions { Name = PaymentOptions.SandboxName, LedgerLimit = 100_000 }, Time);

    public PaymentDesk Payments => new([Gateway], new PaymentOptions(), Time);

    public OrderSaga Saga => SagaOf(Stores);

    /// <summary>The saga of an instance of the shop.</summary>
    public OrderSaga SagaOf(ShopStores stores) =>
        new(stores.Checkout, stores.Orders, Payments, Screen, Time);

    /// <summary>Trusts everybody, unless a test says otherwise.</summary>
    public FraudScreen Screen { get; } = new(TrustAll());

    public PriceBook Book { get; set; } = PriceBook.Empty;

    public CheckoutDesk Desk => DeskOf(Stores);

    /// <summary>The checkout of an instance of the shop.</summary>
    public CheckoutDesk DeskOf(ShopStores stores) => new(
        new QuoteDesk(stores.Products, stores.Carts, stores.Coupons, () => Book, Time),
        stores.Checkout, SagaOf(stores), Payments, Screen,
        StockRegion.Home, Time);

    public ValueTask<StreamCommerce.Engine.Answer<CheckoutAnswer>> BuyAsync(
        CheckoutRequest request) => Desk.PlaceAsync(request, Ct);

    /// <summary>
    /// The invariant of all stock: no count negative, and ledger and reservations add up to it.
    /// </summary>
    public async Task<StockReport> CheckLedgerAsync()
    {
        var report = await Stores.StockKeeping.ReconcileAsync(Ct);
        Assert.Empty(report.Differences);
        Assert.Equal(0, report.DifferenceCount);
        return report;
    }

    /// <summary>Counts an order's coupons, as the unit of work that places it does.</summary>
    public ValueTask<Refusal?> RedeemAsync(Quote quote, CustomerId? customer, OrderId order) =>
        Stores.Coupons is CosmosCoupons coupons
            ? coupons.RedeemAsync(quote, customer, order, Ct)
            : Stores.Runner.WriteAsync(
                tx => CouponStore.Redeem(tx, quote, customer, order), Ct);

    /// <summary>Undoes <see cref="RedeemAsync"/>.</summary>
    public async ValueTask GiveBackAsync(Quote quote, OrderId order)
    {
        if (Stores.Coupons is CosmosCoupons coupons)
        {
            await coupons.GiveBackAsync(quote, order, Ct);
            return;
        }
        await Stores.Runner.WriteAsync(tx =>
        {
            CouponStore.GiveBack(tx, quote, order);
            return true;
        }, Ct);
    }

    private static FraudPolicy TrustAll() => FraudRules.TryRead(
        """
        {"version":"none","currency":"EUR",
        "thresholds":{"challenge":98,"review":99,"block":100},"rules":[]}
        """u8,
        out var faults) ?? throw new InvalidOperationException(string.Join(" ", faults));

    public async ValueTask DisposeAsync()
    {
        await Stores.DisposeAsync();
        _client?.Dispose();
        _gateway?.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A suite that runs against every kind of shop.</summary>
public abstract class ShopContract(Func<ShopFixture> open) : IAsyncLifetime
{
    protected ShopFixture Shop { get; } = open();

    protected CancellationToken Ct => Shop.Ct;

    public ValueTask InitializeAsync() => Shop.PrepareAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Shop.DisposeAsync();
    }
}
