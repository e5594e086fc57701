using FsCheck.Xunit;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Inventory;

public sealed class RebalancingTests
{
    private static readonly Sku Tea = new("tea");

    [Fact]
    public void Units_go_where_they_are_wanted()
    {
        var moves = Rebalancing.Plan(
            [Share("eu", 0, 10), Share("us", 0, 2)],
            new Dictionary<StockRegion, long> { [new("eu")] = 1, [new("us")] = 3 });

        Assert.Equal([new StockMove(Share("eu", 0, 0).Key, Share("us", 0, 0).Key, 7)], moves);
    }

    [Fact]
    public void Nothing_moves_where_nobody_wants_anything() => Assert.Empty(Rebalancing.Plan(
        [Share("eu", 0, 10)], new Dictionary<StockRegion, long> { [new("us")] = 0 }));

    [Property(MaxTest = 500)]
    public void A_plan_takes_no_more_than_there_is_keeps_the_sum_and_is_final(int seed)
    {
        var random = new Random(seed);
        string[] regions = ["eu", "us", "ap", "af"];
        var shares = regions.Take(random.Next(1, 5))
            .SelectMany(region => Enumerable.Range(0, random.Next(1, 4))
                .Select(bucket => Share(region, bucket, random.Next(0, 50))))
            .ToList();
        var demand = regions.Where(_ => random.Next(4) > 0)
            .ToDictionary(region => new StockRegion(region), _ => (long)random.Next(0, 20));

        var moves = Rebalancing.Plan(shares, demand);

        var after = shares.ToDictionary(share => share.Key, share => share.Available);
        foreach (var move in moves)
        {
            Assert.True(move.Quantity > 0);
            Assert.NotEqual(move.From.Region, move.To.Region);
            after[move.From] -= move.Quantity;
            Assert.True(after[move.From] >= 0);
            after[move.To] = after.GetValueOrDefault(move.To) + move.Quantity;
        }
        Assert.Equal(shares.Sum(share => share.Available), after.Values.Sum());
        Assert.Empty(Rebalancing.Plan(
            [.. after.Select(pair => new Share(pair.Key, pair.Value, 0, 1))], demand));
    }

    private static Share Share(string region, int bucket, long available) =>
        new(new(Tea, new(region), bucket), available, 0, 1);
}
