using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Cosmos.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

/// <summary>An account in two regions: one that is written to, and one to read from.</summary>
public sealed class RegionTests : IAsyncLifetime
{
    private const string Written = "West Europe";
    private const string Near = "North Europe";

    private readonly ShopFixture _shop = ShopFixture.Cosmos();
    private readonly List<IDisposable> _clients = [];

    public async ValueTask InitializeAsync()
    {
        await _shop.PrepareAsync();
        await AddAsync(_shop.Stores, "first");
    }

    public async ValueTask DisposeAsync()
    {
        CosmosSession.Current = null;
        foreach (var client in _clients) client.Dispose();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task Who_brings_a_session_along_reads_the_own_writes_in_a_region_that_is_behind()
    {
        var near = Open(Near, Written);
        _shop.Gate!.Hold(Near);
        CosmosSession.Current = new(_shop.Time.GetUtcNow());
        await AddAsync(_shop.Stores, "second");
        var session = CosmosSession.Current.ToString();

        CosmosSession.Current = null;
        Assert.Equal(1, await VersionAsync(near));

        CosmosSession.Current = CosmosSession.Parse(session, _shop.Time.GetUtcNow());
        Assert.Equal(2, await VersionAsync(Open(Near, Written)));
    }

    [Fact]
    public async Task Who_asks_for_a_list_with_a_session_finds_the_own_writes_in_it()
    {
        var near = Open(Near, Written);
        _shop.Gate!.Hold(Near);
        CosmosSession.Current = new(_shop.Time.GetUtcNow());
        await _shop.Stores.Products.PutAsync(ShopFixture.Product("mug"), null, _shop.Ct);
        var session = CosmosSession.Current.ToString();

        CosmosSession.Current = null;
        Assert.Empty((await near.Products.ListAsync(new(null, null, 10), _shop.Ct)).Products);

        CosmosSession.Current = CosmosSession.Parse(session, _shop.Time.GetUtcNow());
        Assert.Single((await near.Products.ListAsync(new(null, null, 10), _shop.Ct)).Products);
    }

    [Theory]
    [InlineData("0:-1#999999")]
    [InlineData("1:-1#999999")]
    public async Task Where_no_region_has_what_a_session_names_what_is_there_is_answered(
        string token)
    {
        CosmosSession.Current = new(_shop.Time.GetUtcNow());
        CosmosSession.Wrote("carts", "c1", token);
        CosmosSession.Wrote("products", "mug", token);
        var near = Open(TimeSpan.Zero, new EagerClock(), Near, Written);

        Assert.Equal(1, await VersionAsync(near));
        Assert.Empty((await near.Products.ListAsync(new(null, null, 10), _shop.Ct)).Products);

        // It is not asked for again.
        _shop.Gate!.Requests.Clear();
        Assert.Equal(1, await VersionAsync(near));
        Assert.Single(_shop.Gate.Requests.OfItems);
    }

    [Fact]
    public async Task A_read_that_hangs_in_one_region_is_answered_by_the_other()
    {
        var hedged = Open(TimeSpan.FromMilliseconds(1), Written, Near);
        _shop.Gate!.Faults = request => !request.IsWrite && request.IsOfItems
            && request.Region == Written ? Fault.LostBefore(Loss.Hang) : null;

        Assert.Equal(1, await VersionAsync(hedged));
    }

    [Fact]
    public async Task A_write_that_takes_long_is_sent_once_and_to_one_region()
    {
        var hedged = Open(TimeSpan.FromMilliseconds(1), Written, Near);
        await VersionAsync(hedged);
        _shop.Gate!.Requests.Clear();
        // Slower than the delay after which a read would be hedged, however quick the machine is.
        _shop.Gate.Faults = request =>
        {
            if (request.IsWrite) SpinWait.SpinUntil(() => false, 20);
            return null;
        };

        await AddAsync(hedged, "slow");

        var write = Assert.Single(
            _shop.Gate.Requests.OfItems, answered => answered.Request.IsWrite);
        Assert.Equal(Written, write.Request.Region);
    }

    private ShopStores Open(params string[] regions) => Open(TimeSpan.Zero, regions);

    private ShopStores Open(TimeSpan hedgeDelay, params string[] regions) =>
        Open(hedgeDelay, _shop.Time, regions);

    private ShopStores Open(TimeSpan hedgeDelay, TimeProvider time, params string[] regions)
    {
        var options = new CosmosOptions
        {
            Endpoint = _shop.CosmosOptions.Endpoint,
            Key = _shop.CosmosOptions.Key,
            PreferredRegions = regions,
            ReadHedgeDelay = hedgeDelay,
            Node = _clients.Count + 1,
        };
        var client = CosmosAccount.Open(options, settings => settings.HttpClientFactory =
            () => new(_shop.Gate!.Handler, disposeHandler: false));
        _clients.Add(client);
        return CosmosShop.Open(client, options, time);
    }

    private async Task AddAsync(ShopStores stores, string operation)
    {
        var answer = await stores.Carts.ChangeAsync(new AddToCart(new("tea"), 1)
        {
            Operation = new(operation),
            Cart = new("c1"),
            Visitor = new("ann"),
        }, _shop.Ct);
        Assert.Null(answer.Refusal);
    }

    private async Task<long?> VersionAsync(ShopStores stores) =>
        (await stores.Carts.GetAsync(new("c1"), _shop.Ct))?.Version;
}
