using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// A share of each user's items is hidden and asked for by the rest, as on the LightGCN splits
/// (He et al., SIGIR 2020): all items are ranked, those of the training part left out. The order
/// of a history means nothing.
/// </summary>
/// <param name="ListLength">Places of an answer.</param>
/// <param name="HiddenShare">Share of a user's items that <see cref="Cut"/> hides, in (0, 1).
/// </param>
public sealed record TopNProtocol(int ListLength = 20, double HiddenShare = 0.1)
    : EvaluationProtocol(ListLength)
{
    public const string ProtocolName = "top-n";

    public override string Name => ProtocolName;

    public override string MainMetric => "recall";

    /// <inheritdoc/>
    public override double Objective(RankingMetrics metrics) =>
        (metrics.Recall + metrics.Ndcg) / 2;

    /// <inheritdoc/>
    public override EvaluationSplit Split(Histories train, Histories test) =>
        SplitByUser(train, test);

    /// <summary>
    /// Hides a drawn share of each user's distinct items, rounded to the nearest number; a user
    /// always keeps one.
    /// </summary>
    public override EvaluationSplit Cut(Histories all, int seed)
    {
        var train = new List<HistoryEntry[]>(all.UserCount);
        var hidden = new List<HistoryEntry[]>(all.UserCount);
        for (var user = 0; user < all.UserCount; user++)
        {
            var items = TestCase.ItemsOf(all[user]);
            // A stream of its own for each user: what is drawn for one depends on no other.
            new Random(unchecked(seed * 1_000_003 + user)).Shuffle(items);
            var count = Math.Clamp(
                (int)Math.Round(HiddenShare * items.Length), 0, Math.Max(0, items.Length - 1));
            var drawn = items[..count].ToHashSet();
            var entries = all[user].ToArray();
            hidden.Add([.. entries.Where(entry => drawn.Contains(entry.Item))]);
            train.Add([.. entries.Where(entry => !drawn.Contains(entry.Item))]);
        }
        return SplitByUser(
            Histories.Of(train, all.ItemCount), Histories.Of(hidden, all.ItemCount));
    }
}
