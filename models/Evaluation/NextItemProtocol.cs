using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// Every prefix of every test session asks for the click behind it, as in session-rec (Ludewig and
/// Jannach 2018): all items are ranked.
/// </summary>
/// <param name="ListLength">Places of an answer.</param>
/// <param name="LeaveOutOnScreen">Whether an answer may not hold the prefix's last item, which a
/// visitor is looking at; where it is clicked again, the question counts as missed.</param>
/// <param name="LastOnly">Whether only the last click of a test session is asked for, because
/// each prefix is a line of its own.</param>
/// <param name="LateShare">Share of the sessions, the last ones, that <see cref="Cut"/> asks for.
/// </param>
public sealed record NextItemProtocol(
    int ListLength = 20,
    bool LeaveOutOnScreen = false,
    bool LastOnly = false,
    double LateShare = 0.1) : EvaluationProtocol(ListLength)
{
    public const string ProtocolName = "next-item";

    public override string Name => ProtocolName;

    public override string MainMetric => "mrr";

    /// <inheritdoc/>
    public override double Objective(RankingMetrics metrics) =>
        (metrics.HitRate + metrics.Mrr) / 2;

    /// <inheritdoc/>
    public override EvaluationSplit Split(Histories train, Histories test)
    {
        var cases = new List<TestCase>();
        for (var session = 0; session < test.UserCount; session++)
        {
            var clicks = test.MemoryOf(session);
            var first = LastOnly ? Math.Max(1, clicks.Length - 1) : 1;
            for (var at = first; at < clicks.Length; at++)
                cases.Add(new(clicks[..at], new[] { clicks.Span[at].Item },
                    LeaveOutOnScreen ? new[] { clicks.Span[at - 1].Item } : default));
        }
        return new(this, train, cases);
    }

    /// <summary>
    /// Asks for the sessions that ended last: by their times, or by their order where times are
    /// equal or not known.
    /// </summary>
    /// <param name="all">Sessions.</param>
    /// <param name="seed">Not needed: nothing is drawn.</param>
    public override EvaluationSplit Cut(Histories all, int seed)
    {
        var sessions = Enumerable.Range(0, all.UserCount).Select(all.MemoryOf)
            .Where(session => !session.IsEmpty).OrderBy(session => session.Span[^1].Time).ToArray();
        var late = sessions.Length - (int)Math.Round(LateShare * sessions.Length);
        // A session of the cut part is whole, so that every prefix of it is asked.
        return (this with { LastOnly = false }).Split(
            Of(sessions.AsSpan(0, late), all.ItemCount), Of(sessions.AsSpan(late), all.ItemCount));
    }

    private static Histories Of(ReadOnlySpan<ReadOnlyMemory<HistoryEntry>> sessions, int itemCount)
    {
        var lists = new List<HistoryEntry[]>(sessions.Length);
        foreach (var session in sessions) lists.Add(session.ToArray());
        return Histories.Of(lists, itemCount);
    }
}
