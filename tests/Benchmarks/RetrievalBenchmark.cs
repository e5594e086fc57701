using System.Globalization;
using StreamCommerce.Benchmarks.Recommend;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// What it costs to find a visitor's best 20 products by factors, on one thread, and how many of
/// the truly best are found. Factors are trained on simulated tastes, and queries are visitors'
/// factors, others than those the index was built with. The baseline is the exact scan in single
/// precision. Arguments: products (default 100,000 and 1,000,000), and <c>epochs=N</c> of the
/// training (default 4).
/// </summary>
internal static class RetrievalBenchmark
{
    private const int Places = 20;
    private const int Queries = 512;
    private const int Samples = 512;
    private const int Runs = 5;
    private const int MeanLength = 12;

    private sealed record Row(
        int Products, string Search, double Microseconds, double Recall, double BuildSeconds);

    public static Task<BenchmarkResult> RunAsync(string[] args)
    {
        var sizes = args.Where(arg => !arg.StartsWith("epochs=", StringComparison.Ordinal))
            .Select(int.Parse).ToArray();
        var epochs = args.FirstOrDefault(arg => arg.StartsWith("epochs=", StringComparison.Ordinal))
            is { } given ? int.Parse(given["epochs=".Length..]) : 4;
        var rows = new List<Row>();
        foreach (var products in sizes.Length > 0 ? sizes : [100_000, 1_000_000])
            rows.AddRange(Measure(products, epochs));
        var exact = rows.Last(row => row.Search == "exact, fp32");
        return Task.FromResult(new BenchmarkResult(
            ["search", "products", "µs a query", "times as fast", $"recall@{Places}", "built in s"],
            [.. rows.Select(row => (IReadOnlyList<string>)[
                row.Search, row.Products.ToString("N0", CultureInfo.InvariantCulture),
                BenchmarkResult.Format(row.Microseconds),
                BenchmarkResult.Format(rows.First(other => other.Products == row.Products)
                    .Microseconds / row.Microseconds),
                row.Recall.ToString("0.0000", CultureInfo.InvariantCulture),
                BenchmarkResult.Format(row.BuildSeconds)])],
            rows[^1].Microseconds, "µs a query", exact.Microseconds, "exact scan"));
    }

    private static List<Row> Measure(int products, int epochs)
    {
        var model = IalsTrainer.Train(
            new TasteSimulation(products, seed: 1).Draw(products, MeanLength),
            new IalsOptions { Epochs = epochs, ThreadCount = Environment.ProcessorCount });
        var factors = new ItemFactors(model.ItemFactors, model.Dimensions);
        var users = Enumerable.Range(0, model.UserCount).ToArray();
        new Random(2).Shuffle(users);
        var queries = users[..Queries]
            .Select(user => model.UserFactor(user).ToArray()).ToArray();
        float[] samples = [.. users[Queries..(Queries + Samples)]
            .SelectMany(user => model.UserFactor(user).ToArray())];

        var rows = new List<Row>();
        RankedItem[][]? truths = null;
        Add("exact, fp32", () => new ExactScan(factors));
        Add("scan, int8", () => new QuantizedScan(factors, Environment.ProcessorCount));
        Add("index", () => ItemIndexBuilder.Build(factors, samples,
            new ItemIndexOptions { ThreadCount = Environment.ProcessorCount }));
        return rows;

        void Add(string name, Func<IItemSearch> build)
        {
            var started = Environment.TickCount64;
            var search = build();
            var seconds = (Environment.TickCount64 - started) / 1_000.0;
            var answers = Answer(search, queries);
            truths ??= answers;
            rows.Add(new(products, name, MeasureQuery(search, queries),
                RetrievalRecall.Of(answers, truths), seconds));
        }
    }

    private static RankedItem[][] Answer(IItemSearch search, float[][] queries) =>
        [.. queries.Select(query =>
        {
            var top = new RankedItem[Places];
            return top[..search.Search(query, top)];
        })];

    /// <summary>Processor time, as what else the machine does must not count; the median of some
    /// runs.</summary>
    private static double MeasureQuery(IItemSearch search, float[][] queries)
    {
        var top = new RankedItem[Places];
        return BenchmarkResult.Median(Enumerable.Range(0, Runs).Select(_ =>
        {
            var used = Environment.CpuUsage.TotalTime;
            foreach (var query in queries) search.Search(query, top);
            return (Environment.CpuUsage.TotalTime - used).TotalMicroseconds / queries.Length;
        }));
    }
}
