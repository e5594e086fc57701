using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>What one answer is worth; see <see cref="RankingMetrics"/>.</summary>
internal readonly record struct CaseScore(
    double Recall, double Ndcg, double HitRate, double Mrr, double Map)
{
    /// <param name="answer">Best first, at most <paramref name="listLength"/>.</param>
    /// <param name="targets">Ascending, each once, at least one.</param>
    /// <param name="listLength">Places that an answer has.</param>
    public static CaseScore Of(
        ReadOnlySpan<RankedItem> answer, ReadOnlySpan<int> targets, int listLength)
    {
        var (hits, gain, precision, first) = (0, 0.0, 0.0, 0.0);
        for (var i = 0; i < answer.Length; i++)
        {
            if (targets.BinarySearch(answer[i].Item) < 0) continue;
            hits++;
            gain += 1 / Math.Log2(i + 2);
            precision += (double)hits / (i + 1);
            if (hits == 1) first = 1.0 / (i + 1);
        }
        var possible = Math.Min(targets.Length, listLength);
        var best = 0.0;
        for (var i = 0; i < possible; i++) best += 1 / Math.Log2(i + 2);
        return new((double)hits / targets.Length, gain / best, hits > 0 ? 1 : 0, first,
            precision / possible);
    }
}
