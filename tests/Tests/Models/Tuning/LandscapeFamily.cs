using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Tests.Models.Tuning;

/// <summary>
/// A ranker that answers the first so many of 100 questions right, as its two parameters have it:
/// for tests of those that look for the best ones.
/// </summary>
internal static class LandscapeFamily
{
    private static readonly double[] Values = [.. Enumerable.Range(0, 10).Select(i => (double)i)];

    /// <summary>Question q asks for item q after a history of item q.</summary>
    public static EvaluationSplit Split { get; } = new(new LeaveOneOutProtocol(1),
        Histories.Of([], 100),
        [.. Enumerable.Range(0, 100).Select(q =>
            new TestCase(new HistoryEntry[] { new(q) }, new[] { q }))]);

    /// <param name="value">Questions that are answered right, by the parameters x and y.</param>
    /// <param name="trained">Called at every training.</param>
    /// <param name="isCostly">Whether x makes a training long.</param>
    public static RankerFamily Of(Func<double, double, int> value, Action? trained = null,
        bool isCostly = false) => new(
        "landscape", [new("x", 5, Values) { IsCostly = isCostly }, new("y", 5, Values)],
        (_, parameters, _, ct) =>
        {
            trained?.Invoke();
            ct.ThrowIfCancellationRequested();
            return new Ranker(value(parameters["x"], parameters["y"]));
        });

    private sealed class Ranker(int right) : IRanker
    {
        public int ItemCount => 100;

        public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
        {
            scores.Clear();
            if (history[^1].Item < right) scores[history[^1].Item] = 1;
        }
    }
}
