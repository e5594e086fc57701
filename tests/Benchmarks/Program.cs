using StreamCommerce.Benchmarks;
using StreamCommerce.Benchmarks.Load;
using StreamCommerce.Benchmarks.Recommend;

var benchmarks = new Dictionary<string, Func<string[], Task<BenchmarkResult>>>
{
    ["checkout"] = CheckoutBenchmark.RunAsync,
    ["checkout-hot"] = CheckoutHotBenchmark.RunAsync,
    ["cosmos"] = CosmosBenchmark.RunAsync,
    ["foldin"] = FoldInBenchmark.RunAsync,
    ["fraud"] = FraudBenchmark.RunAsync,
    ["freshness"] = FreshnessBenchmark.RunAsync,
    ["hub"] = HubBenchmark.RunAsync,
    ["ingest"] = IngestBenchmark.RunAsync,
    ["prequential"] = PrequentialBenchmark.RunAsync,
    ["recommend"] = RecommendBenchmark.RunAsync,
    ["recall"] = RecallBenchmark.RunAsync,
    ["replay"] = ReplayBenchmark.RunAsync,
    ["reserve-hot"] = ReserveHotBenchmark.RunAsync,
    ["retrieval"] = RetrievalBenchmark.RunAsync,
    ["session-knn"] = SessionKnnBenchmark.RunAsync,
    ["swap"] = SwapBenchmark.RunAsync,
    ["train"] = TrainBenchmark.RunAsync,
};

if (args is [ReplayBenchmark.PrepareVerb, var directory, var count])
{
    await ReplayBenchmark.PrepareAsync(directory, int.Parse(count));
    return 0;
}
if (args is [RecommendBenchmark.PrepareVerb, var shop, var products, var visitors])
{
    await RecommendShop.PrepareAsync(shop, int.Parse(products), int.Parse(visitors));
    return 0;
}
if (args is [LoadGenerator.Verb, ..])
{
    await LoadGenerator.RunAsync(args[1..]);
    return 0;
}
if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var benchmark))
{
    Console.Error.WriteLine($"usage: bench {string.Join(" | ", benchmarks.Keys)}");
    return 2;
}
var result = await benchmark(args[1..]);
result.Print(args[0], Console.Out);
return 0;
