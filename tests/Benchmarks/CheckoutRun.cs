using StreamCommerce.Benchmarks.Load;

namespace StreamCommerce.Benchmarks;

/// <summary>What a checkout benchmark is asked to do.</summary>
internal sealed record CheckoutOptions(
    int Connections, TimeSpan Measured, int Runs, bool IsAlone)
{
    public static CheckoutOptions Read(string[] args)
    {
        var numbers = args.Where(arg => arg != "alone").Select(int.Parse).ToArray();
        return new(
            numbers.ElementAtOrDefault(0) is > 0 and var connections ? connections : 128,
            TimeSpan.FromSeconds(
                numbers.ElementAtOrDefault(1) is > 0 and var seconds ? seconds : 10),
            numbers.ElementAtOrDefault(2) is > 0 and var runs ? runs : 3,
            args.Contains("alone"));
    }
}

/// <summary>One run: a new service, its stock, the load, and the stock counted again.</summary>
internal static class CheckoutRun
{
    // The service compiles its code while it runs.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <param name="folder">Gets the service's data.</param>
    /// <param name="options">How it is loaded.</param>
    /// <param name="products">How many products are wanted; parts of several take turns.</param>
    /// <returns>A result a part.</returns>
    public static async Task<LoadResult[]> MeasureAsync(
        string folder, CheckoutOptions options, params int[] products)
    {
        await using var service = await ServiceProcess.StartAsync(Path.Combine(folder, "data"));
        using var shop = new BenchmarkShop(service, products.Max());
        await shop.StockUpAsync();
        var results = await LoadGenerator.StartAsync(service, new(
            OrderRequest.Kind, options.Connections, 0, products, WarmUp, options.Measured));
        await shop.CheckSoldAsync(2 * results[0].Answered);
        return results;
    }
}
