using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Retrieval;

/// <summary>How much of the truly best items a search has found.</summary>
public static class RetrievalRecall
{
    /// <summary>The share of all truly best items that were found; 1 where there are none.
    /// </summary>
    public static double Of(
        IReadOnlyList<RankedItem[]> answers, IReadOnlyList<RankedItem[]> truths)
    {
        var (found, all) = (0L, 0L);
        for (var i = 0; i < truths.Count; i++)
        {
            var items = answers[i].Select(entry => entry.Item).ToHashSet();
            found += truths[i].Count(entry => items.Contains(entry.Item));
            all += truths[i].Length;
        }
        return all == 0 ? 1 : (double)found / all;
    }
}
