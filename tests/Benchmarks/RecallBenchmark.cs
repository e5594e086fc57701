using System.Globalization;
using StreamCommerce.Benchmarks.Recall;
using StreamCommerce.Models.Blending;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How good our rankers' answers are on public splits, beside what others have published for
/// exactly these: trained on the whole training part with what was selected on validation data cut
/// from it, then asked the test part's questions, once. Session splits also without the item on
/// screen, which is what a storefront shows.
/// </summary>
internal static class RecallBenchmark
{
    private static readonly int Threads = Environment.ProcessorCount;

    public static Task<BenchmarkResult> RunAsync(string[] args)
    {
        var options = RecallOptions.Parse(args);
        var splits = options.Own is { } own ? [own] : RecallSplit.All.Where(split =>
            options.Splits.Count == 0 || options.Splits.Contains(split.Name)).ToArray();
        var rows = new List<IReadOnlyList<string>>();
        double? first = null, published = null;
        foreach (var split in splits)
        {
            if (Find(split, options) is not { } files)
            {
                rows.Add([split.Name, "its files are not here", "", "", ""]);
                continue;
            }
            var reached = Measure(split, files, options, rows);
            rows.AddRange(split.Published.Select(figure => (IReadOnlyList<string>)[
                "", figure.Name, Share(figure.First), Share(figure.Second), ""]));
            first ??= reached;
            published ??= split.Published.Count == 0 ? null
                : split.Published.Where(f => f.Name is not ("bar" or "target")).Max(f => f.First);
        }
        return Task.FromResult(new BenchmarkResult(
            ["split", "ranker", "first metric", "second metric", "seconds"], rows,
            100 * first ?? 0, "% in the first split's lists", 100 * published,
            "the best of the published ones"));
    }

    /// <summary>Selects or looks up, trains, asks, and adds the rows; gives the first metric.
    /// </summary>
    private static double Measure(
        RecallSplit split, (string Train, string? Test) files, RecallOptions options,
        List<IReadOnlyList<string>> rows)
    {
        var start = TimeProvider.System.GetTimestamp();
        var (data, _) = SplitFiles.Read(split.Protocol, files.Train, files.Test);
        var families = split.Name == "gowalla-factorization"
            ? [FactorizationFamily.Ials] : RankerFamilies.For(split.Protocol);
        var selection = SelectionFor(split, data, families, options);
        var ranker = selection.Train(families, data.Train, new(ThreadCount: Threads));
        var reached = Add(split, data, selection, ranker, start, rows);
        if (split.Protocol is NextItemProtocol next)
        {
            start = TimeProvider.System.GetTimestamp();
            var hidden = data with
            {
                Protocol = next with { LeaveOutOnScreen = true },
                Cases = [.. data.Cases.Select(WithoutTheItemOnScreen)],
            };
            Add(split with { Name = split.Name + ", not what is on screen" },
                hidden, selection, ranker, start, rows);
        }
        (ranker as IDisposable)?.Dispose();
        return reached;
    }

    private static TestCase WithoutTheItemOnScreen(TestCase question) => question with
    {
        LeftOut = question.History.IsEmpty ? default : new[] { question.History.Span[^1].Item },
    };

    private static BlendSelection SelectionFor(
        RecallSplit split, EvaluationSplit data, IReadOnlyList<RankerFamily> families,
        RecallOptions options)
    {
        if (!options.IsTuned && RecallSelections.Read().TryGetValue(split.Name, out var recorded))
            return recorded.Selection;
        var tuning = new TuningOptions
        {
            ThreadCount = Threads,
            TimeLimit = options.Budget,
            TrialLimit = options.TrialLimit,
            CaseLimit = options.CaseLimit,
        };
        var selection = new SelfTuning(families, tuning, TimeProvider.System)
            .Select(split.Protocol, data.Train, new TrialLines(Console.Error));
        var how = $"bench recall {split.Name} --tune --minutes {options.Budget.TotalMinutes:G3} " +
            $"--trials {options.TrialLimit} --cases {options.CaseLimit}";
        Console.WriteLine($"\"{split.Name}\": {RecallSelections.Text(new(how, selection))}");
        return selection;
    }

    private static double Add(
        RecallSplit split, EvaluationSplit data, BlendSelection selection, IRanker ranker,
        long start, List<IReadOnlyList<string>> rows)
    {
        var metrics = Evaluator.Evaluate(ranker, data, Threads);
        var (first, second) = (metrics[split.Metrics.First], metrics[split.Metrics.Second]);
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        var length = metrics.ListLength;
        rows.Add([split.Name, string.Join(" + ", selection.Rankers.Select(r => r.Family)),
            $"{split.Metrics.First}@{length} {Share(first)}",
            $"{split.Metrics.Second}@{length} {Share(second)}", BenchmarkResult.Format(seconds)]);
        rows.Add(["", "its lists hold of the catalogue, and of the head tenth",
            Share(metrics.Coverage), Share(metrics.HeadShare), ""]);
        return first;
    }

    private static (string Train, string? Test)? Find(RecallSplit split, RecallOptions options)
    {
        if (options.Own is not null) return (split.Train, split.Test);
        var folder = options.DataFolder ?? SharedData();
        if (folder is null || !File.Exists(Path.Combine(folder, split.Train))) return null;
        return (Path.Combine(folder, split.Train),
            split.Test is null ? null : Path.Combine(folder, split.Test));
    }

    /// <summary>The data folder beside the repository; null where there is none.</summary>
    public static string? SharedData()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null
            && !File.Exists(Path.Combine(folder.FullName, "StreamCommerce.sln")))
            folder = folder.Parent;
        return folder is null ? null : Path.Combine(folder.FullName, "..", "shared", "data");
    }

    private static string Share(double figure) =>
        figure.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>A line a trial, so that somebody who waits sees where it stands.</summary>
    private sealed class TrialLines(TextWriter output) : IProgress<Trial>
    {
        public void Report(Trial trial) => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{trial.Family} {trial.Objective:F4} {trial.Duration.TotalSeconds:F1} s  " +
            $"{trial.Parameters}"));
    }
}
