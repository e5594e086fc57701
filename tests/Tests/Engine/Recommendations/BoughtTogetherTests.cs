using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class BoughtTogetherTests
{
    private int _ids;

    [Fact]
    public void Products_of_one_order_are_together_also_where_it_comes_in_parts()
    {
        using var run = New().Push(
            Bought("o1", "tea", "cup"), Bought("o1", "pot", "tea"), Bought("o2", "pan"));

        Assert.Equal(["cup 1", "pot 1"], Neighbours(run, "tea"));
        Assert.Equal(["cup 1", "tea 1"], Neighbours(run, "pot"));
        Assert.Empty(Neighbours(run, "pan"));
        var bought = run.Get<BoughtTogetherProjection>();
        Assert.Equal((2L, 1), (bought.OrderCount, bought.OrdersOf(Number(run, "tea"))));
    }

    [Fact]
    public void Parts_are_joined_across_a_restart()
    {
        using var run = New().Push(Bought("o1", "tea"));
        run.Restart(everything: false).Push(Bought("o1", "cup")).Restart(everything: true);

        Assert.Equal(["cup 1"], Neighbours(run, "tea"));
        Assert.Equal(1, run.Get<BoughtTogetherProjection>().OrderCount);
    }

    [Fact]
    public void Views_carts_and_refunds_buy_nothing_together()
    {
        using var run = New().Push(
            Bought("o1", "tea", "cup") with { Name = EventName.Refund },
            Bought("o1", "tea", "cup") with { Name = EventName.AddToCart, Order = null });

        Assert.Equal(0, run.Get<BoughtTogetherProjection>().OrderCount);
    }

    [Fact]
    public void Of_a_long_order_the_first_products_are_paired()
    {
        var skus = Enumerable.Range(0, 150).Select(i => $"p{i:000}").ToArray();
        using var run = New().Push(Bought("o1", skus[..75]), Bought("o1", skus[75..]));

        var bought = run.Get<BoughtTogetherProjection>();
        Assert.Equal(BoughtTogetherProjection.BasketLimit - 1, Neighbours(run, "p000").Count());
        Assert.Empty(Neighbours(run, "p149"));
        Assert.Equal(0, bought.OrdersOf(Number(run, "p149")));
    }

    [Property(MaxTest = 15)]
    public async Task Over_all_partitions_the_counts_are_those_of_a_direct_count(int seed)
    {
        var random = new Random(seed);
        var orders = Enumerable.Range(0, 60).Select(order => (
            Visitor: $"v{random.Next(12)}",
            Skus: Enumerable.Range(0, random.Next(1, 6))
                .Select(_ => $"p{random.Next(12)}").ToArray()
        )).ToArray();
        var ct = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog(3, new FakeTimeProvider());
        using var folder = new TemporaryDirectory();
        await using var run = await EngineRun.StartAsync(log, EngineRun.Options(folder), ct);
        await EngineRun.AppendAsync(log, orders.SelectMany((order, number) =>
            Parts(order.Skus, random).Select(part => Bought($"o{number}", part) with
            {
                Visitor = new(order.Visitor),
            })), ct);
        await run.Engine.CatchUpAsync(ct);

        var products = new BoughtTogetherProducts(run.Engine);
        foreach (var sku in Enumerable.Range(0, 12).Select(i => $"p{i}"))
        {
            var with = orders.Where(order => order.Skus.Contains(sku)).ToArray();
            var expected = with.SelectMany(order => order.Skus.Distinct())
                .Where(other => other != sku).GroupBy(other => other)
                .ToDictionary(group => group.Key, group => group.Count());
            var read = products.Read(run.Engine.Items.Find(new(sku)), 100);
            Assert.Equal(expected.OrderBy(pair => pair.Key),
                read.Select(product => KeyValuePair.Create(
                    run.Engine.Items[product.Item].Value, (int)product.Orders))
                .OrderBy(pair => pair.Key));
            foreach (var product in read)
            {
                var others = orders.Count(order =>
                    order.Skus.Contains(run.Engine.Items[product.Item].Value));
                Assert.Equal((double)product.Orders * orders.Length / (with.Length * others),
                    product.Lift, 1e-9);
                Assert.InRange(product.Score, double.Epsilon, 1);
            }
            Assert.Equal(read.OrderByDescending(product => product.Score), read);
            Assert.Equal(read.Take(2), products.Read(run.Engine.Items.Find(new(sku)), 2));
        }
        Assert.Empty(products.Read(-1, 10));
    }

    [Fact]
    public async Task One_coincidence_stands_behind_a_habit()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog(3, new FakeTimeProvider());
        using var folder = new TemporaryDirectory();
        await using var run = await EngineRun.StartAsync(log, EngineRun.Options(folder), ct);
        await EngineRun.AppendAsync(log,
        [
            .. Enumerable.Range(0, 20).Select(i => Bought($"o{i}", "tea", "cup") with
            {
                Visitor = new($"v{i}"),
            }),
            Bought("o20", "tea", "oddity"),
        ], ct);
        await run.Engine.CatchUpAsync(ct);

        var read = new BoughtTogetherProducts(run.Engine).Read(
            run.Engine.Items.Find(new("tea")), 10);

        Assert.Equal(["cup", "oddity"], read.Select(p => run.Engine.Items[p.Item].Value));
    }

    private static GraphRun New() =>
        new(build: graph => [new BoughtTogetherProjection(graph)]);

    private static int Number(GraphRun run, string sku) => run.Graph.Products.Find(new(sku));

    private static IEnumerable<string> Neighbours(GraphRun run, string sku) =>
        run.Get<BoughtTogetherProjection>().Index.Of(Number(run, sku))
            .Select(n => $"{run.Graph.Products[n.Item]} {n.Weight}").Order();

    private static IEnumerable<string[]> Parts(string[] skus, Random random)
    {
        var cut = random.Next(skus.Length);
        if (cut > 0) yield return skus[..cut];
        yield return skus[cut..];
    }

    private CommerceEvent Bought(string order, params string[] skus) => new()
    {
        Id = new($"e{_ids++}"),
        Source = "/shop/0",
        Name = EventName.Purchase,
        Time = RandomShop.Start.AddMinutes(_ids),
        Visitor = new("v"),
        Order = new(order),
        Lines = [.. skus.Select(sku => new EventLine(new(sku), 1))],
    };
}
