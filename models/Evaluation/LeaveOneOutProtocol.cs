using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// Each user's last item is asked for by those before it, as in SASRec (Kang and McAuley,
/// ICDM 2018), but with all items ranked: those that the user has had are left out. Cut once, the
/// last item is the question; cut again, the last but one is the validation question.
/// </summary>
/// <param name="ListLength">Places of an answer.</param>
public sealed record LeaveOneOutProtocol(int ListLength = 10) : EvaluationProtocol(ListLength)
{
    public const string ProtocolName = "leave-one-out";

    public override string Name => ProtocolName;

    public override string MainMetric => "ndcg";

    /// <inheritdoc/>
    public override double Objective(RankingMetrics metrics) =>
        (metrics.HitRate + metrics.Ndcg) / 2;

    /// <inheritdoc/>
    public override EvaluationSplit Split(Histories train, Histories test) =>
        SplitByUser(train, test);

    /// <summary>Cuts off the last entry of each user who has more than one.</summary>
    /// <param name="all">Users.</param>
    /// <param name="seed">Not needed: nothing is drawn.</param>
    public override EvaluationSplit Cut(Histories all, int seed)
    {
        var train = new List<HistoryEntry[]>(all.UserCount);
        var last = new List<HistoryEntry[]>(all.UserCount);
        for (var user = 0; user < all.UserCount; user++)
        {
            var keep = all[user].Length > 1 ? all[user].Length - 1 : all[user].Length;
            train.Add(all[user][..keep].ToArray());
            last.Add(all[user][keep..].ToArray());
        }
        return SplitByUser(Histories.Of(train, all.ItemCount), Histories.Of(last, all.ItemCount));
    }
}
