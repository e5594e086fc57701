using StreamCommerce.Benchmarks.Baselines;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How many two-line orders a second the service takes over HTTP, each durable before its answer;
/// service and load generator share the machine. Beside it, in the same run: PostgreSQL and Redis
/// with the same work. Arguments: connections (default 128), seconds measured (default 10), runs
/// (default 3), and <c>alone</c> to leave the others out.
/// </summary>
internal static class CheckoutBenchmark
{
    private const string Ours = "StreamCommerce over HTTP";

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var options = CheckoutOptions.Read(args);
        using var folder = new TemporaryFolder("checkout");
        var comparison = new Comparison("orders/s");
        for (var run = 0; run < options.Runs; run++)
        {
            var here = Path.Combine(folder.Path, $"run-{run}");
            var results = await CheckoutRun.MeasureAsync(
                here, options, BaselineSystems.Products);
            comparison.Add(Ours, results[0]);
            if (options.IsAlone) continue;
            comparison.Add(await BaselineSystems.MeasureAsync(
                here, Workload.SpreadOrders, options.Measured));
        }
        return comparison.ToResult(comparison.RateOf(Ours), "orders/s",
            comparison.BestOf("PostgreSQL"), "PostgreSQL");
    }
}
