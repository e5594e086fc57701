using StreamCommerce.Engine;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Stock;

/// <summary>What is kept of policies, warehouses and shares, and for how long.</summary>
public sealed class StockLayoutsTests : IAsyncLifetime
{
    private static readonly Sku Tea = new("tea");

    private readonly ShopFixture _shop = ShopFixture.Cosmos();
    private StockParts _parts = null!;

    private CancellationToken Ct => _shop.Ct;

    public async ValueTask InitializeAsync()
    {
        await _shop.PrepareAsync();
        await _shop.AdjustAsync("tea", 5);
        _parts = new(_shop);
    }

    public ValueTask DisposeAsync()
    {
        _parts.Dispose();
        return _shop.DisposeAsync();
    }

    [Theory]
    [InlineData("tea", null)]
    [InlineData(null, "home")]
    [InlineData("tea", "home")]
    public async Task What_was_changed_while_it_was_read_is_read_again(string? sku, string? region)
    {
        var drops = 0;
        _shop.Gate!.Faults = request =>
        {
            if (request.Kind != RequestKind.Query) return null;
            drops++;
            _parts.Layouts.Drop(new(sku is null ? null : new(sku),
                region is null ? null : new(region)));
            return null;
        };
        await FindAsync();
        Assert.Equal(2, drops);
        _shop.Gate.Faults = null;

        Assert.True(await AskedByAsync(FindAsync) > 0);
        Assert.Equal(0, await AskedByAsync(FindAsync));
    }

    [Fact]
    public async Task A_policy_that_changes_while_it_is_read_for_a_new_region_is_read_again()
    {
        _shop.Gate!.Faults = request =>
        {
            if (request.Kind == RequestKind.ReadItem) _parts.Layouts.Drop(new(Tea, null));
            return null;
        };
        await FindAsync();
        _shop.Gate.Faults = null;

        Assert.Equal(2, await AskedByAsync(FindAsync));
        Assert.Equal(0, await AskedByAsync(FindAsync));
    }

    [Fact]
    public async Task What_others_have_changed_is_seen_when_it_has_been_kept_for_its_lifetime()
    {
        await FindAsync();
        await _shop.Stores.StockKeeping.PutPolicyAsync(Tea, new() { SafetyStock = 3 }, Ct);

        Assert.Equal(0, (await FindAsync()).SafetyStock);
        _shop.Time.Advance(_parts.Options.LayoutLifetime);
        Assert.Equal(3, (await FindAsync()).SafetyStock);
    }

    [Fact]
    public async Task A_share_that_a_layout_lacks_ends_it()
    {
        await FindAsync();

        Assert.Equal(0, await AskedByAsync(() => FindMovedAsync(0)));
        Assert.True(await AskedByAsync(() => FindMovedAsync(0, 1)) > 0);
    }

    [Fact]
    public async Task All_who_ask_at_a_time_are_answered_by_one_reading()
    {
        await AskedByAsync(async () =>
        {
            var asked = Enumerable.Range(0, 50).Select(_ => Task.Run(FindAsync));
            return (await Task.WhenAll(asked))[0];
        });

        Assert.Equal(3, _shop.Gate!.Requests.OfItems.Count);
    }

    [Fact]
    public async Task Shares_that_move_while_it_is_read_do_not_have_it_read_again()
    {
        await AskedByAsync(async () =>
        {
            var asked = Enumerable.Range(0, 50).Select(_ => Task.Run(() => FindMovedAsync(0)));
            return (await Task.WhenAll(asked))[0];
        });

        Assert.Equal(3, _shop.Gate!.Requests.OfItems.Count);
        Assert.Equal(0, await AskedByAsync(FindAsync));
    }

    [Fact]
    public async Task Whoever_gives_up_does_not_give_up_for_others()
    {
        using var impatient = new CancellationTokenSource();
        _shop.Gate!.Faults = _ =>
        {
            impatient.Cancel();
            return null;
        };
        var given = _parts.Layouts.FindAsync(Tea, StockRegion.Home, impatient.Token).AsTask();
        var other = FindAsync();

        await other;
        await given.ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default);
        _shop.Gate.Faults = null;
        Assert.Equal(0, await AskedByAsync(FindAsync));
    }

    [Fact]
    public async Task What_could_not_be_read_is_asked_for_again()
    {
        _shop.Gate!.Faults = _ => Fault.Status(403);
        await Assert.ThrowsAsync<StoreUnavailableException>(FindAsync);
        _shop.Gate.Faults = null;

        Assert.True(await AskedByAsync(FindAsync) > 0);
    }

    [Fact]
    public async Task The_warehouses_of_a_region_are_read_once_for_all_its_products()
    {
        await FindAsync();
        _shop.Gate!.Requests.Clear();

        await _parts.Layouts.FindAsync(new("cup"), StockRegion.Home, Ct);

        Assert.Equal(2, _shop.Gate.Requests.OfItems.Count);
    }

    [Fact]
    public async Task A_policy_of_a_product_that_nobody_has_asked_for_is_not_looked_into()
    {
        await FindAsync();

        Assert.Empty(_parts.Layouts.RegionsOf(new("cup")));
        _parts.Layouts.Drop(new(Tea, null));
        Assert.Equal([StockRegion.Home], _parts.Layouts.RegionsOf(Tea));
    }

    private async Task<StockPolicy> FindMovedAsync(params int[] buckets) =>
        (await _parts.Layouts.FindAsync(Tea, StockRegion.Home,
            [.. buckets.Select(bucket => ShopFixture.Share("tea") with { Bucket = bucket })], Ct))
            .Policy;

    private async Task<StockPolicy> FindAsync() =>
        (await _parts.Layouts.FindAsync(Tea, StockRegion.Home, Ct)).Policy;

    private async Task<int> AskedByAsync(Func<Task<StockPolicy>> find)
    {
        _shop.Gate!.Requests.Clear();
        await find();
        return _shop.Gate.Requests.OfItems.Count;
    }
}
