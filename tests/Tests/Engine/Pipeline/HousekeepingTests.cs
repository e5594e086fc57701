using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class HousekeepingTests
{
    [Fact(Timeout = 30_000)]
    public async Task Units_of_expired_reservations_come_back_and_old_keys_are_forgotten()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = ShopFixture.Memory();
        await shop.StockAsync("tea", 1_000);
        await shop.BuyAsync(ShopFixture.Request("k", ("tea", 1)));
        for (var i = 0; i < 450; i++) await shop.ReserveAsync($"r{i}", ("tea", 2));
        shop.Time.Advance(TimeSpan.FromDays(8));

        var stores = shop.Stores;
        await new Housekeeping(stores.Stock, stores.Checkout, stores.Carts, shop.Time)
            .RunOnceAsync(ct);

        Assert.Equal((999, 0), await shop.LevelAsync("tea"));
        Assert.False(
            (await shop.BuyAsync(ShopFixture.Request("k", ("tea", 1)))).Value!.Replayed);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_observer_that_sleeps_is_told_how_much_it_missed()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = ShopFixture.Memory();
        using var wake = new ManualResetEventSlim();
        var lost = new TaskCompletionSource<long>();
        shop.Stores.Changes.Subscribe(change =>
        {
            wake.Wait(ct);
            if (change is ChangesLost missed) lost.TrySetResult(missed.Count);
        });
        for (var i = 0; i < 6_000; i++) await shop.AdjustAsync("tea", 1);
        wake.Set();

        Assert.InRange(await lost.Task.WaitAsync(ct), 1, 2_000);
    }
}
