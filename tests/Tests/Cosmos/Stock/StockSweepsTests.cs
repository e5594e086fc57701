using StreamCommerce.Engine.Inventory;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Stock;

/// <summary>Two regions of a shop on one account.</summary>
public sealed class StockSweepsTests : IAsyncLifetime
{
    private static readonly StockRegion Away = new("away");

    private readonly ShopFixture _shop = ShopFixture.Cosmos();

    private CancellationToken Ct => _shop.Ct;

    public ValueTask InitializeAsync() => _shop.PrepareAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_region_brings_back_its_own_units_only()
    {
        await using var away = _shop.OpenAnother(Away.Value);
        await _shop.AdjustAsync("tea", 1);
        await away.Stock.AdjustAsync(new(new("first"), new(new("tea"), Away), 1), Ct);
        await _shop.ReserveAsync("r1", ("tea", 1));
        await away.Stock.ReserveAsync(new(new("r2"), [new(new("tea"), 1)], Away), Ct);
        _shop.Time.Advance(StockPolicy.Default.ReservationLifetime);

        Assert.Equal(1, await _shop.Stores.Stock.ExpireDueAsync(10, Ct));
        Assert.Equal(ReservationState.Held,
            (await away.Stock.GetReservationAsync(new("r2"), Ct))!.State);
        Assert.Equal(1, await away.Stock.ExpireDueAsync(10, Ct));
        Assert.Equal(ReservationState.Expired,
            (await away.Stock.GetReservationAsync(new("r2"), Ct))!.State);
    }
}
