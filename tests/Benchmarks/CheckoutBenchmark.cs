using StreamCommerce.Benchmarks.Load;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How many two-line orders a second the service takes over HTTP, each durable before its answer;
/// service and load generator share the machine. Arguments: connections (default 128), seconds
/// measured (default 10), runs (default 3).
/// </summary>
internal static class CheckoutBenchmark
{
    private const int Products = 1_000;

    // The service compiles its code while it runs.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var connections = args.Length > 0 ? int.Parse(args[0]) : 128;
        var seconds = args.Length > 1 ? int.Parse(args[1]) : 10;
        var runs = args.Length > 2 ? int.Parse(args[2]) : 3;
        using var folder = new TemporaryFolder("checkout");
        var rows = new List<LoadResult>();
        for (var run = 0; run < runs; run++)
        {
            await using var service = await ServiceProcess.StartAsync(
                Path.Combine(folder.Path, $"data-{run}"));
            using var shop = new BenchmarkShop(service, Products);
            await shop.StockUpAsync();
            var result = await LoadGenerator.StartAsync(service, new(
                connections, 0, Products, WarmUp, TimeSpan.FromSeconds(seconds)));
            await shop.CheckSoldAsync(2 * result.Placed);
            rows.Add(result);
        }
        return new BenchmarkResult(
            ["run", "orders/s", "p50 ms", "p99 ms", "max ms", "service µs/order",
                "generator µs/order"],
            [.. rows.Select((run, i) => (IReadOnlyList<string>)[
                $"{i + 1}", BenchmarkResult.Format(run.Rate),
                BenchmarkResult.Format(run.MedianMs), BenchmarkResult.Format(run.P99Ms),
                BenchmarkResult.Format(run.MaximumMs),
                BenchmarkResult.Format(run.ServiceMicroseconds),
                BenchmarkResult.Format(run.GeneratorMicroseconds)])],
            BenchmarkResult.Median(rows.Select(run => run.Rate)), "orders/s", 1);
    }
}
