using FsCheck.Xunit;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Assortment;

/// <summary>
/// The shelf against the stores: after every answered command it says what they say, wherever it
/// came from and whatever it was loaded beside.
/// </summary>
public sealed class ShelfPropertyTests
{
    private const int BundleLimit = 6;

    private static readonly StockRegion Away = new("away");

    [Property(MaxTest = 100)]
    public Task In_memory_the_shelf_is_current_after_every_answer(int seed) =>
        TradeAsync(ShopFixture.Memory, seed, 60);

    [Property(MaxTest = 8)]
    public Task In_sqlite_the_shelf_is_current_after_every_answer(int seed) =>
        TradeAsync(ShopFixture.Sqlite, seed, 60);

    [Property(MaxTest = 500)]
    public void What_was_read_never_replaces_what_was_told(int seed)
    {
        var random = new Random(seed);
        var stock = new StockColumns(StockRegion.Home);
        // Each commit has the next version, or the same one where only the policy changed.
        var commits = new List<(long Version, long Units)> { (0, StockColumns.Plenty) };
        for (var step = 0; step < 40; step++)
        {
            if (random.Next(2) == 0)
            {
                var version = commits[^1].Version;
                if (version == 0 || random.Next(4) > 0) version++;
                commits.Add((version, random.Next(4)));
                stock.Put(
                    0, StockRegion.Home, commits[^1].Version, commits[^1].Units, isNews: true);
            }
            else
            {
                // A page that was read at some moment until now.
                var (version, units) = commits[random.Next(commits.Count)];
                stock.Put(0, StockRegion.Home, version, units, isNews: false);
            }
            // Before the first commit was told, what was read stands.
            if (commits.Count > 1) Assert.Equal(commits[^1].Units, stock.UnitsOf(0, 0));
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_shelf_that_is_loaded_while_the_shop_trades_is_current_afterwards(
        bool isDurable)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = isDurable ? ShopFixture.Sqlite() : ShopFixture.Memory();
        var skus = Enumerable.Range(0, 200).Select(i => new Sku($"p{i}")).ToArray();
        await shop.Stores.Products.ImportAsync(
            [.. skus.Select(sku => ShopFixture.Product(sku.Value))], shop.Ct);
        foreach (var sku in skus.Take(50)) await shop.AdjustAsync(sku.Value, 1);

        var traders = Enumerable.Range(0, 4).Select(trader => Task.Run(async () =>
        {
            var random = new Random(trader);
            for (var i = 0; i < 100; i++)
            {
                var sku = skus[random.Next(skus.Length)];
                var delta = random.Next(2) == 0 ? 1 : -1;
                await shop.AdjustAsync(sku.Value, delta, $"t{trader}-{i}");
                if (i % 10 != 0) continue;
                await shop.Stores.StockKeeping.PutPolicyAsync(
                    sku, new() { SafetyStock = random.Next(2) }, shop.Ct);
                await shop.Stores.Products.PutAsync(
                    ShopFixture.Product(sku.Value, random.Next(1, 100)), null, shop.Ct);
            }
        })).ToList();
        var shelves = new List<Shelf>();
        while (traders.Exists(trader => !trader.IsCompleted))
            shelves.Add(await Shelf.OpenAsync(shop.Stores, new(limit: 1_000), ct));
        await Task.WhenAll(traders);

        Assert.NotEmpty(shelves);
        foreach (var shelf in shelves) await CheckAsync(shop, shelf, skus);
    }

    private static async Task TradeAsync(Func<ShopFixture> open, int seed, int steps)
    {
        await using var shop = open();
        var random = new Random(seed);
        var trade = new RandomTrade(shop, random);
        await trade.BeginAsync();
        foreach (var sku in RandomTrade.Skus) await shop.StockAsync(sku.Value, 0);
        // Each bundle asks for one unit more, so that together they tell how many there are.
        for (var units = 2; units <= BundleLimit; units++)
        {
            foreach (var sku in RandomTrade.Skus)
            {
                await shop.Stores.Products.PutAsync(
                    ShopFixture.Product($"{sku}-{units}") with { Components = [new(sku, units)] },
                    null, shop.Ct);
            }
        }
        var early = await Shelf.OpenAsync(shop.Stores, new(limit: 100), shop.Ct);
        for (var step = 0; step < steps; step++)
        {
            if (random.Next(4) > 0) await trade.StepAsync($"{step}");
            else await ChangeAsync(shop, random, step);
            await CheckAsync(shop, early, RandomTrade.Skus);
        }
        var late = await Shelf.OpenAsync(shop.Stores, new(limit: 100), shop.Ct);
        await CheckAsync(shop, late, RandomTrade.Skus);
    }

    private static async Task ChangeAsync(ShopFixture shop, Random random, int step)
    {
        var sku = RandomTrade.Skus[random.Next(RandomTrade.Skus.Length)];
        switch (random.Next(3))
        {
            case 0:
                await shop.Stores.StockKeeping.PutPolicyAsync(sku, new StockPolicy
                {
                    BackorderLimit = random.Next(4),
                    SafetyStock = random.Next(4),
                    IsTracked = random.Next(4) > 0,
                }, shop.Ct);
                break;
            case 1:
                await shop.Stores.Stock.AdjustAsync(
                    new(new($"away-{step}"), new(sku, Away), random.Next(-2, 4)), shop.Ct);
                break;
            default:
                await shop.Stores.Products.PutAsync(
                    ShopFixture.Product(sku.Value, random.Next(1, 100)), null, shop.Ct);
                break;
        }
    }

    private static async Task CheckAsync(ShopFixture shop, Shelf shelf, IReadOnlyList<Sku> skus)
    {
        foreach (var region in new[] { StockRegion.Home, Away })
        {
            var levels = await shop.Stores.Stock.GetLevelsAsync(skus, region, shop.Ct);
            foreach (var level in levels)
            {
                Assert.Equal(level.CanSell, CanSell(shelf, level.Sku, region));
                for (var units = 2; units <= BundleLimit; units++)
                {
                    if (shelf.Items.Find(new($"{level.Sku}-{units}")) < 0) break;
                    Assert.Equal(
                        level.Version == 0 || !level.IsTracked || level.Promisable >= units,
                        CanSell(shelf, new($"{level.Sku}-{units}"), region));
                }
            }
        }
        var products = await shop.Stores.Products.GetManyAsync(skus, shop.Ct);
        foreach (var product in products)
        {
            var found = shelf.Find(shelf.Items.Find(product.Sku))!;
            Assert.Equal((product.Title, product.Price, product.Version, product.AddedAt.UtcTicks),
                (found.Title, found.Price, found.Version, found.AddedTicks));
        }
        Assert.Null(shelf.Fault);
    }

    private static bool CanSell(Shelf shelf, Sku sku, StockRegion region) =>
        shelf.CanSell(shelf.Items.Find(sku), shelf.RegionOf(region));
}
