namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// How good a ranker's answers are, as means over all questions, and how they are spread over the
/// catalogue. All are in 0 … 1. An answer is a list of <i>k</i> places.
/// </summary>
/// <param name="CaseCount">Questions.</param>
/// <param name="ListLength"><i>k</i>.</param>
/// <param name="Recall">Share of the targets that are in the list.</param>
/// <param name="Ndcg">Σ 1 / log2(1 + place) over the targets in the list, as a share of what the
/// best list would get (Järvelin and Kekäläinen 2002).</param>
/// <param name="HitRate">Share of the questions with a target in the list.</param>
/// <param name="Mrr">Mean of 1 / place of the first target in the list, 0 where none is.</param>
/// <param name="Map">Mean of the precisions at the targets' places, divided by the targets that fit
/// into the list.</param>
/// <param name="Coverage">Share of the catalogue that is in any list at all.</param>
/// <param name="Gini">How unevenly items get places: 0 where all get as many, near 1 where one gets
/// all.</param>
/// <param name="HeadShare">Share of the places that go to the head, the tenth of the catalogue that
/// is the most frequent in training: popularity bias.</param>
public sealed record RankingMetrics(
    int CaseCount,
    int ListLength,
    double Recall,
    double Ndcg,
    double HitRate,
    double Mrr,
    double Map,
    double Coverage,
    double Gini,
    double HeadShare)
{
    /// <summary>By name, as manifests and tables hold them: <c>recall@20</c>, …</summary>
    public IReadOnlyDictionary<string, double> Named => new SortedDictionary<string, double>(
        StringComparer.Ordinal)
    {
        [$"recall@{ListLength}"] = Recall,
        [$"ndcg@{ListLength}"] = Ndcg,
        [$"hr@{ListLength}"] = HitRate,
        [$"mrr@{ListLength}"] = Mrr,
        [$"map@{ListLength}"] = Map,
        [$"coverage@{ListLength}"] = Coverage,
        [$"gini@{ListLength}"] = Gini,
        [$"head-share@{ListLength}"] = HeadShare,
    };

    /// <summary>A metric by its name without the list length.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public double this[string metric] => Named.TryGetValue($"{metric}@{ListLength}", out var value)
        ? value
        : throw new ArgumentException($"There is no metric '{metric}'.", nameof(metric));
}
