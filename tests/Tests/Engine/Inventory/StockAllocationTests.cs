using FsCheck.Xunit;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Inventory;

public sealed class StockAllocationTests
{
    private static readonly Sku Tea = new("tea");

    [Property(MaxTest = 500)]
    public void What_is_promised_is_there_or_within_the_limit_and_adds_up(int seed)
    {
        var random = new Random(seed);
        var stock = RandomStock(random);
        var asked = random.Next(1, 40);

        var answer = Allocate(stock, asked, $"r{seed}");

        var left = StockAllocation.Obtainable(stock, ShopFixture.Start);
        if (!answer.Is(out var held, out var refusal))
        {
            Assert.True(asked > left);
            Assert.Equal(left, refusal.Lines[0].Available);
            return;
        }
        Assert.True(asked <= left);
        Assert.Equal(asked, held.Lines.Sum(line => line.Quantity));
        Assert.Equal(held.Lines.Count, held.Lines.Select(line => line.Share).Distinct().Count());
        foreach (var line in held.Lines)
            Assert.InRange(line.InStock, 0, stock.Find(line.Share).Available);
        var owed = held.Lines.Sum(line => line.Backordered);
        Assert.Equal(Math.Max(0, asked - stock.Promisable), owed);
    }

    [Property(MaxTest = 200)]
    public void A_warehouse_is_touched_only_when_those_before_it_are_empty(int seed)
    {
        var random = new Random(seed);
        var stock = RandomStock(random);
        var asked = (int)Math.Min(stock.Promisable, random.Next(1, 40));
        if (asked == 0) return;

        var held = Allocate(stock, asked, $"r{seed}").Value!;

        var order = stock.Shares.ToArray().Select(share => share.Key.Warehouse).Distinct().ToList();
        var last = held.Lines.Max(line => order.IndexOf(line.Share.Warehouse));
        foreach (var share in stock.Shares)
        {
            if (order.IndexOf(share.Key.Warehouse) >= last) continue;
            Assert.Equal(share.Available,
                held.Lines.Where(line => line.Share == share.Key).Sum(line => line.InStock));
        }
    }

    [Fact]
    public void Reservations_spread_over_the_buckets()
    {
        var stock = Build([.. Enumerable.Range(0, 8).Select(i => (0, i, 100L))], new());

        var buckets = Enumerable.Range(0, 400)
            .Select(i => Allocate(stock, 1, $"r{i}").Value!.Lines[0].Share.Bucket);

        foreach (var bucket in buckets.GroupBy(b => b)) Assert.InRange(bucket.Count(), 25, 80);
    }

    private static StreamCommerce.Engine.Answer<Reservation> Allocate(
        ProductStock stock, int asked, string id)
    {
        StockLine[] lines = [new(Tea, asked)];
        return StockAllocation.Allocate(
            new(new(id), lines, StockRegion.Home), lines, [stock], ShopFixture.Start);
    }

    private static ProductStock RandomStock(Random random) => Build(
        [.. Enumerable.Range(0, random.Next(0, 4)).SelectMany(warehouse =>
            Enumerable.Range(0, random.Next(1, 4))
                .Select(bucket => (warehouse, bucket, (long)random.Next(0, 10))))],
        new() { SafetyStock = random.Next(0, 5), BackorderLimit = random.Next(0, 10) });

    private static ProductStock Build(
        (int Warehouse, int Bucket, long Available)[] shares, StockPolicy policy) => new(
        Tea, StockRegion.Home, policy,
        [.. shares.Select(s => new Share(new(Tea, StockRegion.Home, s.Bucket,
            new(s.Warehouse == 0 ? "" : $"w{s.Warehouse}")), s.Available, 0, 1))],
        [new(new("w2"), StockRegion.Home, 1), new(new("w1"), StockRegion.Home, 5)]);
}
