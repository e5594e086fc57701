using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Stock;

/// <summary>Units that came while those who wait for them were not looked for.</summary>
public sealed class HandOutTests : IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Cosmos();

    private CancellationToken Ct => _shop.Ct;

    public async ValueTask InitializeAsync()
    {
        await _shop.PrepareAsync();
        foreach (var sku in (string[])["tea", "cup"])
        {
            await _shop.Stores.StockKeeping.PutPolicyAsync(
                new(sku), new() { BackorderLimit = 5 }, Ct);
        }
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task What_came_before_an_instance_died_is_handed_out_by_another()
    {
        await SellAsync("r1", "tea", 2);
        await ReceiveAndDieAsync("tea", 3);

        await _shop.Stores.Stock.ExpireDueAsync(10, Ct);

        Assert.False((await _shop.Stores.Stock.GetReservationAsync(new("r1"), Ct))!.IsWaiting);
        Assert.Equal((1, 0), await _shop.LevelAsync("tea"));
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Those_who_wait_are_looked_for_again_after_a_while()
    {
        await SellAsync("r1", "tea", 1);
        await SellAsync("r2", "cup", 2);
        await _shop.Stores.Stock.ExpireDueAsync(10, Ct);
        await ReceiveAndDieAsync("tea", 1);
        await ReceiveAndDieAsync("cup", 1);

        await _shop.Stores.Stock.ExpireDueAsync(10, Ct);
        Assert.True((await _shop.Stores.Stock.GetReservationAsync(new("r1"), Ct))!.IsWaiting);
        _shop.Time.Advance(TimeSpan.FromSeconds(10));
        await _shop.Stores.Stock.ExpireDueAsync(10, Ct);

        Assert.False((await _shop.Stores.Stock.GetReservationAsync(new("r1"), Ct))!.IsWaiting);
        Assert.Equal(1, (await _shop.Stores.Stock.GetReservationAsync(new("r2"), Ct))!
            .Lines.Sum(line => line.Backordered));
    }

    private async Task SellAsync(string id, string sku, int units)
    {
        Assert.Null((await _shop.ReserveAsync(id, (sku, units))).Refusal);
        Assert.True((await _shop.Stores.Stock.CommitAsync(new(id), Ct)).Value!.IsWaiting);
    }

    private async Task ReceiveAndDieAsync(string sku, int units)
    {
        using var parts = new StockParts(_shop);
        await parts.Writer.MoveAsync(parts.Receipt(sku, units), 0, mayBeVoid: false, Ct);
    }
}
