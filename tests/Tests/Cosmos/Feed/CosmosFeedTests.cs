using System.Text.Json;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Feed;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Feed;

/// <summary>Two instances of a shop on one account, with the real SDK between them.</summary>
public sealed class CosmosFeedTests : IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Cosmos();
    private readonly ToldChanges _told = new();
    private readonly ShopStores _other;

    public CosmosFeedTests()
    {
        _other = _shop.OpenAnother();
        _shop.Stores.Attach(_told);
    }

    private CosmosFeed Feed => _shop.Stores.Feed!;

    private CancellationToken Ct => _shop.Ct;

    public async ValueTask InitializeAsync()
    {
        await _shop.PrepareAsync();
        await Feed.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task A_product_that_another_instance_writes_is_told_with_its_price()
    {
        await _other.Products.PutAsync(ShopFixture.Product("tea", 4m), null, Ct);

        await _told.WaitForAsync<ProductChanged>(told => told.Product.Title == "The tea", Ct);
        await _told.WaitForAsync<PriceChanged>(told => told.Price.Amount == 4m, Ct);
    }

    [Fact]
    public async Task Units_of_a_share_that_this_instance_did_not_know_are_counted()
    {
        await _shop.AdjustAsync("tea", 5);
        await _other.Stock.AdjustAsync(
            new(new("more"), new(new("tea"), StockRegion.Home, Bucket: 1), 3), Ct);

        await _told.WaitForAsync<StockChanged>(told => told.Available == 8, Ct);
        await _other.Stock.AdjustAsync(
            new(new("less"), new(new("tea"), StockRegion.Home, Bucket: 1), -1), Ct);
        await _told.WaitForAsync<StockChanged>(told => told.Available == 7, Ct);
    }

    [Fact]
    public async Task A_policy_that_another_instance_puts_is_told_and_holds_at_once()
    {
        await _shop.AdjustAsync("tea", 5);
        await _other.StockKeeping.PutPolicyAsync(
            new("tea"), new() { SafetyStock = 2, QuantityLimit = 4 }, Ct);

        await _told.WaitForAsync<StockChanged>(told => told.Available == 3, Ct);
        Assert.Equal(RefusalCode.QuantityLimit,
            (await _shop.ReserveAsync("r1", ("tea", 5))).Refusal?.Code);
    }

    [Fact]
    public async Task A_cart_that_another_instance_changes_is_told_and_its_event_waits_here()
    {
        // A new instance looks into its outbox at once.
        await _shop.Stores.Outbox.WaitForEntriesAsync(Ct);
        await _other.Products.PutAsync(ShopFixture.Product("tea"), null, Ct);
        await new CartDesk(_other.Carts, _other.Products).AddAsync(
            new AddToCart(new("tea"), 2)
            { Cart = new("c1"), Visitor = new("ann"), Operation = new("add") }, Ct);

        await _told.WaitForAsync<CartChanged>(
            told => told.Cart.QuantityOf(new("tea")) == 2, Ct);
        await _shop.Stores.Outbox.WaitForEntriesAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Single(await _shop.Stores.Outbox.ReadAsync(10, Ct));
    }

    [Fact]
    public async Task An_order_is_told_once_by_each_instance()
    {
        var others = new ToldChanges();
        using var attached = _other.Attach(others);
        await _other.Feed!.StartAsync(Ct);
        await _shop.StockAsync("tea", 5);

        Assert.True((await _shop.BuyAsync(ShopFixture.Request("k1", ("tea", 1)))).Is(out _, out _));
        await others.WaitForAsync<OrderPlaced>(_ => true, Ct);
        Assert.True((await _shop.BuyAsync(ShopFixture.Request("k2", ("tea", 1)))).Is(out _, out _));
        await others.WaitForAsync<OrderPlaced>(
            told => told.Order.Id != others.Of<OrderPlaced>()[0].Order.Id, Ct);

        Assert.Equal(2, _told.Of<OrderPlaced>().Select(told => told.Order.Id).Distinct().Count());
        Assert.Equal(2, _told.Of<OrderPlaced>().Count);
        Assert.Equal(2, others.Of<OrderPlaced>().Count);
    }

    [Fact]
    public async Task However_two_instances_take_turns_no_version_falls()
    {
        for (var i = 1; i <= 15; i++)
        {
            await _shop.AdjustAsync("tea", 1);
            await _other.Stock.AdjustAsync(new(new($"other-{i}"), ShopFixture.Share("tea"), 1), Ct);
        }

        await _told.WaitForAsync<StockChanged>(told => told.Available == 30, Ct);
        var versions = _told.Of<StockChanged>().Select(told => told.Version).ToList();
        Assert.Equal(versions.Order(), versions);
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_does_not_hold_up_those_behind_it()
    {
        using var client = _shop.Gate!.CreateClient();
        await PutAsync(client, new { id = "tea", sku = "tea", titel = "Tea" });
        await PutAsync(client, Readable("tea-2"));

        await _told.WaitForAsync<ProductChanged>(told => told.Product.Sku.Value == "tea", Ct);
        await _other.Products.PutAsync(ShopFixture.Product("mug"), null, Ct);
        await _told.WaitForAsync<ProductChanged>(told => told.Product.Sku.Value == "mug", Ct);
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_is_put_aside_as_it_came_with_the_reason()
    {
        using var client = _shop.Gate!.CreateClient();
        await PutAsync(client, new { id = "tea", sku = "tea", titel = "Tea" });
        // What stands behind it in its partition is told after it has been put aside.
        await PutAsync(client, Readable("tea-2"));
        await _told.WaitForAsync<ProductChanged>(told => told.Product.Sku.Value == "tea", Ct);

        var letter = Assert.Single(Of(CosmosSchema.DeadLetters))
            .Deserialize<DeadLetterDocument>(CosmosJson.Options)!;
        Assert.Equal((CosmosSchema.Products, "tea"), (letter.Container, letter.DocumentId));
        Assert.Contains("title", letter.Error, StringComparison.Ordinal);
        Assert.Contains("\"titel\":\"Tea\"", letter.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_that_is_stopped_holds_no_lease()
    {
        await _other.Products.PutAsync(ShopFixture.Product("tea"), null, Ct);
        await _told.WaitForAsync<ProductChanged>(_ => true, Ct);
        Assert.Contains(Of(CosmosSchema.Leases), lease => OwnerOf(lease) is not null);

        await Feed.StopAsync();

        Assert.DoesNotContain(Of(CosmosSchema.Leases), lease => OwnerOf(lease) is not null);
    }

    [Fact]
    public async Task A_feed_whose_leases_are_gone_says_so_after_a_while()
    {
        await _other.Products.PutAsync(ShopFixture.Product("tea"), null, Ct);
        await _told.WaitForAsync<ProductChanged>(_ => true, Ct);
        await Feed.LookAsync(Ct);
        Assert.Null(Feed.Fault);
        using var client = _shop.Gate!.CreateClient();
        var leases = client.GetContainer(_shop.CosmosOptions.Database, CosmosSchema.Leases);
        foreach (var lease in Of(CosmosSchema.Leases).Select(lease => lease.GetProperty("id")))
        {
            using var gone = await leases.DeleteItemStreamAsync(
                lease.GetString()!, new(lease.GetString()!), cancellationToken: Ct);
        }

        await Feed.LookAsync(Ct);
        _shop.Time.Advance(FeedHealth.Patience);
        await Feed.LookAsync(Ct);

        Assert.Contains("have not been told", Feed.Fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_whose_page_never_ends_says_so_after_a_while()
    {
        var stuck = new StuckObserver();
        using var attached = _shop.Stores.Attach(stuck);
        try
        {
            await _other.Products.PutAsync(ShopFixture.Product("tea"), null, Ct);
            await stuck.Reached.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
            for (var i = 0; i < 3; i++)
            {
                await Feed.LookAsync(Ct);
                _shop.Time.Advance(FeedHealth.Patience);
            }

            Assert.Contains("none is told", Feed.Fault?.Message, StringComparison.Ordinal);
        }
        finally
        {
            stuck.Release.Set();
        }
    }

    /// <summary>One that does not come back.</summary>
    private sealed class StuckObserver : ICommitObserver
    {
        public TaskCompletionSource Reached { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public void Committed(ReadOnlySpan<StoreChange> changes)
        {
            Reached.TrySetResult();
            Release.Wait(TimeSpan.FromSeconds(60));
        }

        public void Detached(Exception fault)
        {
        }
    }

    [Fact]
    public async Task An_account_without_containers_is_a_clear_fault()
    {
        await using var empty = ShopFixture.Cosmos();

        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => empty.Stores.Feed!.StartAsync(Ct));

        Assert.Contains("cloud check", fault.Message, StringComparison.Ordinal);
    }

    private async Task PutAsync(CosmosClient client, object product) =>
        await client.GetContainer(_shop.CosmosOptions.Database, CosmosSchema.Products)
            .CreateItemAsync(product, new PartitionKey("tea"), cancellationToken: Ct);

    private static object Readable(string id) => new
    {
        id,
        sku = "tea",
        title = "Tea",
        priceAmount = "1.5",
        priceCurrency = "EUR",
        version = 2,
    };

    private IReadOnlyList<JsonElement> Of(string container) =>
        _shop.Gate!.ItemsOf(_shop.CosmosOptions.Database, container);

    private static string? OwnerOf(JsonElement lease) =>
        lease.TryGetProperty("Owner", out var owner) ? owner.GetString() : null;
}
