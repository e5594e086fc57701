using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StreamCommerce.Benchmarks.Load;
using StreamCommerce.Benchmarks.Recommend;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How long after a promotion the promoted model answers, while visitors go on to ask; one request
/// that fails ends the run. The two models take turns. The baseline is the rate of answers without
/// promotions. Arguments: products (default 100,000), visitors (default 100,000), connections
/// (default 4), promotions (default 6).
/// </summary>
internal static class SwapBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var products = args.Length > 0 ? int.Parse(args[0]) : 100_000;
        var visitors = args.Length > 1 ? int.Parse(args[1]) : 100_000;
        var connections = args.Length > 2 ? int.Parse(args[2]) : 4;
        var promotions = args.Length > 3 ? int.Parse(args[3]) : 6;
        using var folder = new TemporaryFolder("swap");
        await RecommendBenchmark.PrepareAsync(folder.Path, products, visitors);
        await using var service = await RecommendBenchmark.StartAsync(folder.Path, visitors);
        using var client = service.Connect(1);
        var registry = new FolderModelRegistry(
            Path.Combine(folder.Path, "models"), TimeProvider.System);

        var quiet = await LoadAsync(0, Measured);
        var busy = LoadAsync(1_000_000_000L, promotions * (Between + TimeSpan.FromSeconds(1)));
        await Task.Delay(WarmUp, TimeProvider.System);
        var times = new List<double>();
        for (var i = 0; i < promotions; i++)
        {
            times.Add(await PromoteAsync(client, registry, ShopModel.Ids[(i + 1) % 2]));
            await Task.Delay(Between, TimeProvider.System);
        }
        var rate = (await busy).Rate;
        times.Sort();
        return new BenchmarkResult(
            ["", "products", "p50 ms", "max ms", "answers/s meanwhile"],
            [["from the promotion to its answers",
                products.ToString("N0", CultureInfo.InvariantCulture),
                BenchmarkResult.Format(times[times.Count / 2]), BenchmarkResult.Format(times[^1]),
                BenchmarkResult.Format(rate)]],
            rate, "answers/s while models are swapped", quiet.Rate, "the same without");

        async Task<LoadResult> LoadAsync(long first, TimeSpan measured) =>
            (await LoadGenerator.StartAsync(service, new(
                SuggestionRequest.Kind, connections, first, [visitors], WarmUp, measured)))[0];
    }

    private static async Task<double> PromoteAsync(
        HttpClient client, FolderModelRegistry registry, string id)
    {
        var pointer = await registry.ReadPointerAsync(CancellationToken.None);
        var next = pointer.Promote(id, TimeProvider.System.GetUtcNow(), "for a benchmark");
        if (!await registry.TryReplacePointerAsync(pointer, next, CancellationToken.None))
            throw new InvalidOperationException("Another model is current.");
        for (var promoted = Stopwatch.GetTimestamp(); ;)
        {
            // The slot holds the model before the status tells of it.
            using var status = JsonDocument.Parse(await client.GetStringAsync("v1/models"));
            var passed = Stopwatch.GetElapsedTime(promoted);
            if (status.RootElement.GetProperty("current").GetProperty("id").GetString() == id)
                return passed.TotalMilliseconds;
            if (passed > Patience)
                throw new InvalidOperationException($"{id} does not answer: {status.RootElement}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
