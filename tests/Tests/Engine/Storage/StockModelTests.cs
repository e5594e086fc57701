using FsCheck.Xunit;
using StreamCommerce.Engine.Inventory;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>
/// All operations at random, over warehouses, buckets and backorders, on every kind of shop: after
/// each, the counts are what a plain sum over the answers says, and all adds up.
/// </summary>
public sealed class StockModelTests
{
    [Property(MaxTest = 200)]
    public Task In_memory_nothing_is_lost_or_sold_twice(int seed) =>
        TradeAsync(ShopFixture.Memory, seed, 80);

    [Property(MaxTest = 12)]
    public Task In_sqlite_nothing_is_lost_or_sold_twice(int seed) =>
        TradeAsync(ShopFixture.Sqlite, seed, 80);

    [Fact(Timeout = 60_000)]
    public async Task However_many_callers_race_over_the_buckets_no_unit_is_sold_twice()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = ShopFixture.Sqlite();
        await shop.AdjustAsync("tea", 500);
        var sold = 0;
        var buyers = Enumerable.Range(0, 16).Select(buyer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                var id = $"b{buyer}-{i}";
                if ((await shop.ReserveAsync(id, ("tea", 1))).Refusal is not null) continue;
                if (i % 5 == 0) await shop.Stores.Stock.ReleaseAsync(new(id), ct);
                else if ((await shop.Stores.Stock.CommitAsync(new(id), ct)).Refusal is null)
                    Interlocked.Increment(ref sold);
            }
        }, ct)).ToList();
        foreach (var count in new[] { 8, 1, 5, 16, 1 })
        {
            await shop.Stores.StockKeeping.SpreadAsync(
                new(new($"spread-{count}-{sold}"), new("tea"), StockRegion.Home, count), ct);
        }
        await Task.WhenAll(buyers);

        var (available, reserved) = await shop.LevelAsync("tea");
        Assert.Equal((500 - sold, 0), (available, reserved));
        await shop.CheckLedgerAsync();
    }

    private static async Task TradeAsync(Func<ShopFixture> open, int seed, int steps)
    {
        await using var shop = open();
        var trade = new RandomTrade(shop, new Random(seed));
        await trade.BeginAsync();
        for (var step = 0; step < steps; step++)
        {
            await trade.StepAsync($"{step}");
            await trade.CheckAsync();
        }
        await shop.CheckLedgerAsync();
    }
}
