using StreamCommerce.Benchmarks.Baselines;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// What it costs that all orders want the same two products: such runs and runs spread over the
/// catalogue in turn, each with a service of its own. The figure is the rate of the hot runs, its
/// baseline that of the spread ones. Arguments: as of <see cref="CheckoutBenchmark"/>.
/// </summary>
internal static class CheckoutHotBenchmark
{
    private const string Hot = "two products, over HTTP";
    private const string Spread = "1,000 products, over HTTP";
    private const int HotProducts = 2;

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var options = CheckoutOptions.Read(args);
        using var folder = new TemporaryFolder("checkout-hot");
        var comparison = new Comparison("orders/s");
        for (var run = 0; run < options.Runs; run++)
        {
            var here = Path.Combine(folder.Path, $"run-{run}");
            // The other one first in every second run: what comes later must not look slower.
            foreach (var hot in run % 2 == 0 ? [true, false] : (bool[])[false, true])
            {
                comparison.Add(hot ? Hot : Spread, await CheckoutRun.MeasureAsync(
                    Path.Combine(here, hot ? "hot" : "spread"), options,
                    hot ? HotProducts : BaselineSystems.Products));
            }
            if (options.IsAlone) continue;
            comparison.Add(await BaselineSystems.MeasureAsync(
                here, Workload.HotOrders, options.Measured));
        }
        return comparison.ToResult(
            comparison.RateOf(Hot), "orders/s", comparison.RateOf(Spread), "spread");
    }
}
