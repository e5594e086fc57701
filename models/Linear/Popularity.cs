using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// The same for everybody: how often an item occurs. With a half-life, late entries of the training
/// part count more, by their times or, where nobody knows them, not at all more.
/// </summary>
public static class Popularity
{
    private const double SecondsPerDay = 86_400;

    public static RankerFamily Family { get; } = new(
        "popularity",
        [new("halfLifeDays", 0, [0, 1, 3, 7, 14, 30, 90])],
        Train)
    {
        IsPublishable = false,
    };

    private static FixedScores Train(
        Histories train, ParameterSet parameters, TrainingContext context, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var halfLife = parameters["halfLifeDays"] * SecondsPerDay;
        var last = 0.0;
        foreach (var entry in train.Entries) last = Math.Max(last, entry.Time);
        var sums = new double[train.ItemCount];
        foreach (var entry in train.Entries)
            sums[entry.Item] += halfLife > 0
                ? entry.Weight * Math.Pow(0.5, (last - entry.Time) / halfLife) : entry.Weight;
        return new([.. sums.Select(sum => (float)sum)]);
    }

    private sealed class FixedScores(float[] scores) : IRanker
    {
        public int ItemCount => scores.Length;

        public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> into) =>
            scores.CopyTo(into);
    }
}
