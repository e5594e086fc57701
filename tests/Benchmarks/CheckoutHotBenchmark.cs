using StreamCommerce.Benchmarks.Baselines;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// What it costs that all orders want the same two products: such orders and orders spread over
/// the catalogue take turns at one service, half a second each, so that both see the same machine.
/// The figure is the rate of the hot ones, its baseline that of the spread ones. Arguments: as of
/// <see cref="CheckoutBenchmark"/>; the seconds are those of each.
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
            var results = await CheckoutRun.MeasureAsync(
                here, options, HotProducts, BaselineSystems.Products);
            comparison.Add(Hot, results[0]);
            comparison.Add(Spread, results[1]);
            if (options.IsAlone) continue;
            comparison.Add(await BaselineSystems.MeasureAsync(
                here, Workload.HotOrders, options.Measured));
        }
        return comparison.ToResult(
            comparison.RateOf(Hot), "orders/s", comparison.RateOf(Spread), "spread");
    }
}
