using StreamCommerce.Engine;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Assortment;

/// <summary>
/// Buyers race for the last units while others look at the shelf: once anybody has been told that
/// a product is gone, nobody finds it there.
/// </summary>
public abstract class SoldOutContract(Func<ShopFixture> open) : ShopContract(open)
{
    private const int ProductCount = 6;
    private const int UnitCount = 15;

    private readonly int[] _acknowledged = new int[ProductCount];
    private readonly bool[] _gone = new bool[ProductCount];

    [Fact(Timeout = 60_000)]
    public async Task After_an_acknowledged_sell_out_nothing_says_that_it_can_be_sold()
    {
        for (var product = 0; product < ProductCount; product++)
            await Shop.StockAsync($"p{product}", UnitCount);
        var shelf = await Shelf.OpenAsync(Shop.Stores, new(limit: 100), Ct);
        var products = Enumerable.Range(0, ProductCount)
            .Select(product => shelf.Items.Find(new($"p{product}"))).ToArray();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);

        var buyers = Enumerable.Range(0, 8)
            .Select(buyer => Task.Run(() => BuyAsync(buyer))).ToList();
        var lookers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var contradictions = 0;
            while (!stop.IsCancellationRequested)
            {
                for (var product = 0; product < ProductCount; product++)
                {
                    // Looked at first: what is acknowledged now was on the shelf before.
                    if (!IsGone(product)) continue;
                    if (shelf.CanSell(products[product])) contradictions++;
                }
            }
            return contradictions;
        })).ToList();
        await Task.WhenAll(buyers);
        await stop.CancelAsync();

        Assert.Equal(0, (await Task.WhenAll(lookers)).Sum());
        Assert.All(_acknowledged, sold => Assert.Equal(UnitCount, sold));
        Assert.All(products, product => Assert.False(shelf.CanSell(product)));
        await Shop.AdjustAsync("p0", 1);
        Assert.True(shelf.CanSell(products[0]));
    }

    private async Task BuyAsync(int buyer)
    {
        var random = new Random(buyer);
        for (var order = 0; !Enumerable.Range(0, ProductCount).All(IsGone); order++)
        {
            var product = random.Next(ProductCount);
            var bought = await Shop.BuyAsync(
                ShopFixture.Request($"b{buyer}-{order}", ($"p{product}", 1)));
            if (bought.Refusal is null) Interlocked.Increment(ref _acknowledged[product]);
            else if (bought.Refusal.Code == RefusalCode.OutOfStock)
                Volatile.Write(ref _gone[product], true);
        }
    }

    private bool IsGone(int product) =>
        Volatile.Read(ref _gone[product]) || Volatile.Read(ref _acknowledged[product]) == UnitCount;
}

public sealed class MemorySoldOutTests() : SoldOutContract(ShopFixture.Memory);

public sealed class SqliteSoldOutTests() : SoldOutContract(ShopFixture.Sqlite);

public sealed class CosmosSoldOutTests() : SoldOutContract(ShopFixture.Cosmos);
