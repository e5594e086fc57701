using System.Globalization;
using StreamCommerce.Models.Evaluation;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// What learning at every click is worth: YooChoose-100k is replayed in time order, and each click
/// is foreseen before it is learnt. Beside it the same model as it was at midnight. Argument: the
/// folder of the data (default <c>../shared/data</c>).
/// </summary>
internal static class PrequentialBenchmark
{
    private const int ListLength = 20;

    // What GA4 and others call the end of a session.
    private static readonly TimeSpan _idleTime = TimeSpan.FromMinutes(30);

    public static Task<BenchmarkResult> RunAsync(string[] args)
    {
        var folder = args.Length > 0 ? args[0]
            : RecallBenchmark.SharedData() ?? throw new InvalidOperationException("No data.");
        var days = new PrequentialReplay(ListLength, _idleTime).Run(SplitFiles.ReadSessions(
            Path.Combine(folder, "yoochoose-100k", "train.tsv.gz"),
            Path.Combine(folder, "yoochoose-100k", "test.tsv.gz")));
        // On the first day the model of midnight knows nothing: it would not be a fair comparison.
        var all = PrequentialDay.MeanOf([.. days.Skip(1)]);
        return Task.FromResult(new BenchmarkResult(
            ["day", "clicks", "HR@20 learning", "HR@20 of midnight", "MRR@20 learning",
                "MRR@20 of midnight"],
            [
                .. days.Select((day, i) => Row($"{day.Day:yyyy-MM-dd}{(i == 0 ? " *" : "")}", day)),
                Row("all but *", all),
            ],
            100 * all.LearningHitRate, "% of clicks among 20, learning at every click",
            100 * all.FrozenHitRate, "of midnight"));
    }

    private static IReadOnlyList<string> Row(string name, PrequentialDay day) =>
    [
        name, day.Clicks.ToString("N0", CultureInfo.InvariantCulture),
        Format(day.LearningHitRate), Format(day.FrozenHitRate),
        Format(day.LearningMrr), Format(day.FrozenMrr),
    ];

    private static string Format(double figure) =>
        figure.ToString("0.0000", CultureInfo.InvariantCulture);
}
