using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
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
        var isMet = false;
        _shop.Gate!.Faults = request =>
        {
            if (isMet || request.Kind != RequestKind.Query) return null;
            isMet = true;
            _parts.Layouts.Drop(new(sku is null ? null : new(sku),
                region is null ? null : new(region)));
            return null;
        };
        await FindAsync();
        Assert.True(isMet);

        Assert.True(await AskedByAsync(FindAsync) > 0);
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

        _parts.Layouts.Noticed(ShopFixture.Share("tea"));
        Assert.Equal(0, await AskedByAsync(FindAsync));
        _parts.Layouts.Noticed(ShopFixture.Share("tea") with { Bucket = 1 });
        Assert.True(await AskedByAsync(FindAsync) > 0);
    }

    private async Task<StockPolicy> FindAsync() =>
        (await _parts.Layouts.FindAsync(Tea, StockRegion.Home, Ct)).Policy;

    private async Task<int> AskedByAsync(Func<Task<StockPolicy>> find)
    {
        _shop.Gate!.Requests.Clear();
        await find();
        return _shop.Gate.Requests.OfItems.Count;
    }
}
