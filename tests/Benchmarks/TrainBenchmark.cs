using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using StreamCommerce.Benchmarks.Baselines;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How long an epoch of factorization takes, all users and then all items, at 64 factors: on
/// Gowalla, where <c>../shared/data</c> is, and on 20 million synthetic interactions of 500,000
/// users with 100,000 items of power-law popularity. The baseline is the same algorithm in plain
/// loops, with as many threads, once. Both must give the same scores for a sample of pairs. On a
/// machine that does other things too, the processors' time is the steadier figure.
/// Arguments: millions of interactions (default 20), threads (default all), runs (default 3).
/// </summary>
internal static class TrainBenchmark
{
    private const int SampleUsers = 1_000;
    private const int SampleItems = 100;

    // Its package is not on every registry, and this program is built without it.
    private const string Left = "ML.NET (not run: Microsoft.ML.Recommender is not built in here)";

    /// <summary>One that trains factors, and what it found.</summary>
    /// <param name="Name">As in the table.</param>
    /// <param name="EpochSeconds">Of the clock.</param>
    /// <param name="CpuSeconds">Of all threads.</param>
    /// <param name="Score">A user's score of an item.</param>
    private sealed record Trained(
        string Name, double EpochSeconds, double CpuSeconds, Func<int, int, float> Score);

    public static Task<BenchmarkResult> RunAsync(string[] args)
    {
        var millions = args.Length > 0
            ? double.Parse(args[0], CultureInfo.InvariantCulture) : 20;
        var threads = args.Length > 1 ? int.Parse(args[1]) : Environment.ProcessorCount;
        var runs = args.Length > 2 ? int.Parse(args[2]) : 3;
        var options = new IalsOptions { Epochs = 1, ThreadCount = threads };
        var rows = new List<IReadOnlyList<string>>();
        var (ours, baseline) = (0.0, 0.0);
        foreach (var (name, histories) in Datasets(millions))
        {
            var all = new List<Trained>();
            for (var run = 0; run < runs; run++) all.Add(Told(name, Train(histories, options)));
            var sample = SampleOf(histories.UserCount);
            var scalar = Told(name, TrainScalar(histories, options, sample));
            foreach (var trained in all) Check(trained, scalar, sample, histories.ItemCount);
            var median = all[0] with
            {
                EpochSeconds = BenchmarkResult.Median(all.Select(one => one.EpochSeconds)),
                CpuSeconds = BenchmarkResult.Median(all.Select(one => one.CpuSeconds)),
            };
            (ours, baseline) = (median.EpochSeconds, scalar.EpochSeconds);
            rows.Add(Row(name, histories, median, median));
            rows.Add(Row(name, histories, scalar, median));
            rows.Add([name, Count(histories), Left, "", "", "", ""]);
        }
        return Task.FromResult(new BenchmarkResult(
            ["data", "interactions", "trainer", "an epoch, s", "of processors, s", "ratio",
                "of processors"],
            rows, ours, "s an epoch", baseline, "plain scalar"));
    }

    /// <summary>Prints what took long as soon as it is known.</summary>
    private static Trained Told(string data, Trained trained)
    {
        Console.WriteLine($"{data}, {trained.Name}: {BenchmarkResult.Format(trained.EpochSeconds)}"
            + $" s an epoch, {BenchmarkResult.Format(trained.CpuSeconds)} s of processors.");
        return trained;
    }

    private static int[] SampleOf(int userCount)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, SampleUsers).Select(_ => random.Next(userCount))
            .Distinct().Order()];
    }

    private static IReadOnlyList<string> Row(
        string data, Histories histories, Trained trained, Trained ours) =>
        [data, Count(histories), trained.Name,
            BenchmarkResult.Format(trained.EpochSeconds),
            BenchmarkResult.Format(trained.CpuSeconds),
            BenchmarkResult.Format(trained.EpochSeconds / ours.EpochSeconds),
            BenchmarkResult.Format(trained.CpuSeconds / ours.CpuSeconds)];

    private static string Count(Histories histories) =>
        histories.EntryCount.ToString("N0", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Name, Histories Histories)> Datasets(double millions)
    {
        var gowalla = SharedFile("gowalla/train.txt.gz");
        if (gowalla is null) Console.WriteLine("Gowalla is not here: left out.");
        else yield return ("Gowalla", SplitFiles.Read(new TopNProtocol(), gowalla).Split.Train);
        yield return ("synthetic", Synthetic((int)(millions * 1_000_000)));
    }

    private static Histories Synthetic(int count)
    {
        var userCount = Math.Max(1, count / 40);
        const int itemCount = 100_000;
        var random = new Random(1);
        var entries = new HistoryEntry[count];
        // An item's rank falls off as a power, so that few of them make up most of it.
        for (var i = 0; i < count; i++)
            entries[i] = new((int)(itemCount * Math.Pow(random.NextDouble(), 3)));
        var starts = new int[userCount + 1];
        for (var user = 0; user <= userCount; user++)
            starts[user] = (int)((long)count * user / userCount);
        return new(starts, entries, itemCount);
    }

    private static Trained Train(Histories histories, IalsOptions options)
    {
        // The first third is a pass of the users, the second of the items, the last of the users.
        var reports = new List<(long Time, TimeSpan Cpu)>();
        var model = IalsTrainer.Train(histories, options, new Reports(() =>
            reports.Add((Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime))));
        return new("iALS", Stopwatch.GetElapsedTime(reports[0].Time, reports[^1].Time).TotalSeconds,
            (reports[^1].Cpu - reports[0].Cpu).TotalSeconds,
            (user, item) => TensorPrimitives.Dot(model.UserFactor(user), model.ItemFactor(item)));
    }

    private static Trained TrainScalar(Histories histories, IalsOptions options, int[] sample)
    {
        var users = SparseMatrix.Of(histories);
        var scalar = new ScalarIals(users, users.Transpose(), options);
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        scalar.RunEpoch();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        // Training ends with the users; those that are compared will do.
        scalar.SolveUsers(sample);
        var d = options.Dimensions;
        return new("plain scalar", seconds, cpu.TotalSeconds, (user, item) =>
            TensorPrimitives.Dot<float>(scalar.UserFactors.AsSpan(user * d, d),
                scalar.ItemFactors.AsSpan(item * d, d)));
    }

    /// <exception cref="InvalidOperationException">The scores differ by more than rounding.
    /// </exception>
    private static void Check(
        Trained trained, Trained reference, int[] users, int itemCount)
    {
        var random = new Random(1);
        var (difference, size) = (0.0, 0.0);
        foreach (var user in users)
        {
            for (var i = 0; i < SampleItems; i++)
            {
                var item = random.Next(itemCount);
                var expected = reference.Score(user, item);
                difference += Math.Pow(expected - trained.Score(user, item), 2);
                size += Math.Pow(expected, 2);
            }
        }
        var relative = Math.Sqrt(difference / size);
        if (!(relative < 0.01))
            throw new InvalidOperationException($"Scores differ by {relative} of their size.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Scores of {users.Length * SampleItems:N0} pairs differ from the scalar ones by " +
            $"{relative:0.0e0} of their size."));
    }

    private static string? SharedFile(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null;
            folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "StreamCommerce.sln"))) continue;
            var file = Path.Combine(folder.FullName, "..", "shared", "data", path);
            return File.Exists(file) ? file : null;
        }
        return null;
    }

    private sealed class Reports(Action report) : IProgress<double>
    {
        public void Report(double value) => report();
    }
}
