using System.Diagnostics;
using System.Globalization;
using StreamCommerce.Benchmarks.Baselines;
using StreamCommerce.Benchmarks.Load;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage.Sqlite;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How many reservations of one product a second the engine takes, in this process, each durable
/// before its answer; then the product is sold out by as many callers. Beside it: PostgreSQL and
/// Redis with the same work. Arguments: callers (default 1,024), seconds measured (default 5),
/// runs (default 3), and <c>alone</c> to leave the others out.
/// </summary>
internal static class ReserveHotBenchmark
{
    private const string Ours = "StreamCommerce, in process";
    private const int SellOutUnits = 10_000;

    private static readonly ShareKey Share = new(new Sku("HOT"), StockRegion.Home);

    // The code is compiled while it runs.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var numbers = args.Where(arg => arg != "alone").Select(int.Parse).ToArray();
        var callers = numbers.Length > 0 ? numbers[0] : 1_024;
        var measured = TimeSpan.FromSeconds(numbers.Length > 1 ? numbers[1] : 5);
        var runs = numbers.Length > 2 ? numbers[2] : 3;
        using var folder = new TemporaryFolder("reserve-hot");
        var comparison = new Comparison("reservations/s");
        for (var run = 0; run < runs; run++)
        {
            var here = Path.Combine(folder.Path, $"run-{run}");
            comparison.Add(Ours, await MeasureAsync(
                Path.Combine(here, "shop.db"), callers, measured));
            if (args.Contains("alone")) continue;
            comparison.Add(await BaselineSystems.MeasureAsync(
                here, Workload.HotReservations, measured));
        }
        return comparison.ToResult(comparison.RateOf(Ours), "reservations/s",
            comparison.BestOf("PostgreSQL"), "PostgreSQL");
    }

    private static async Task<LoadResult> MeasureAsync(
        string path, int callers, TimeSpan measured)
    {
        await using var stores = SqliteShop.Open(
            new SqliteShopOptions { Path = path }, TimeProvider.System);
        await AdjustAsync(stores.Stock, BenchmarkShop.Stock);
        var load = new ReserveLoad(stores.Stock, Share, Lifetime);
        var (asking, timing) = (load.RunAsync(callers), Task.Delay(WarmUp, TimeProvider.System));
        await await Task.WhenAny(asking, timing);
        var (used, started) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        load.IsMeasured = true;
        await await Task.WhenAny(asking, Task.Delay(measured, TimeProvider.System));
        load.IsMeasured = false;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        used = Environment.CpuUsage.TotalTime - used;
        load.IsOver = true;
        await asking;
        await CheckAsync(stores.Stock, BenchmarkShop.Stock, load.Held);
        await SellOutAsync(stores.Stock, callers, load.Held);

        var latencies = load.Latencies;
        return new LoadResult(load.Held, latencies.Count, seconds, latencies.Percentile(0.5),
            latencies.Percentile(0.9), latencies.Percentile(0.99), latencies.Maximum / 1_000.0,
            used.TotalMicroseconds / latencies.Count, 0);
    }

    /// <summary>Leaves few units and has all callers ask until each is refused.</summary>
    private static async Task SellOutAsync(IStockStore stock, int callers, long heldBefore)
    {
        var share = await stock.GetAsync(Share, CancellationToken.None);
        await AdjustAsync(stock, (int)(SellOutUnits - share.Available));
        var load = new ReserveLoad(stock, Share, Lifetime) { IsUntilSoldOut = true };
        await load.RunAsync(callers);
        if (load.Held != SellOutUnits || load.Refused != callers)
        {
            throw new InvalidOperationException($"Of {SellOutUnits} units {load.Held} were " +
                $"reserved, and {load.Refused} of {callers} callers refused.");
        }
        await CheckAsync(stock, heldBefore + SellOutUnits, heldBefore + SellOutUnits);
    }

    /// <summary>Share, reservations and ledger tell the same.</summary>
    private static async Task CheckAsync(IStockStore stock, long onHand, long held)
    {
        var share = await stock.GetAsync(Share, CancellationToken.None);
        long number = 0, available = 0, reserved = 0;
        while (true)
        {
            var movements = await stock.ReadMovementsAsync(number, 1_000, CancellationToken.None);
            if (movements.Count == 0) break;
            number = movements[^1].Number;
            available += movements.SelectMany(m => m.Lines).Sum(line => line.AvailableDelta);
            reserved += movements.SelectMany(m => m.Lines).Sum(line => line.ReservedDelta);
        }
        if (share.Reserved != held || share.OnHand != onHand || share.Available < 0
            || available != share.Available || reserved != share.Reserved)
        {
            throw new InvalidOperationException($"{held} units were reserved of {onHand}; the " +
                $"share is {share}, its movements add up to {available} and {reserved}.");
        }
    }

    private static async Task AdjustAsync(IStockStore stock, int delta)
    {
        var answer = await stock.AdjustAsync(new StockAdjustment(
            new OperationId(delta.ToString(CultureInfo.InvariantCulture)), Share, delta,
            MovementKind.Adjusted, "benchmark"), CancellationToken.None);
        if (!answer.Is(out _, out var refusal))
            throw new InvalidOperationException(refusal.Detail);
    }
}
