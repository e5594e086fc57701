using StreamCommerce.Engine.Trending;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>What many want just now: the answer to those of whom nothing is known.</summary>
internal sealed class TrendingSource(TrendingProducts trending) : ICandidateSource
{
    public RecommendationSource Source => RecommendationSource.Trending;

    public int Find(Asked asked, Span<Candidate> found)
    {
        var ranking = trending.Current;
        var top = ranking.Top.Span;
        var count = 0;
        for (var i = 0; i < top.Length && count < found.Length; i++)
        {
            if (asked.Allows(top[i].Item)) found[count++] = new(top[i].Item, top[i].Score);
        }
        // Categories may have little that the whole shop is after.
        if (count == found.Length || top.Length < TrendingProducts.Limit || !asked.HasCategories)
            return count;
        return FindBehind(asked, ranking.Levels.Span, top, found, count);
    }

    private static int FindBehind(
        Asked asked, ReadOnlySpan<float> levels, ReadOnlySpan<RankedItem> top,
        Span<Candidate> found, int count)
    {
        var last = new RankedItem(top[^1].Item, levels[top[^1].Item]);
        Span<RankedItem> behind = stackalloc RankedItem[found.Length - count];
        var more = 0;
        for (var item = 0; item < levels.Length; item++)
        {
            var entry = new RankedItem(item, levels[item]);
            if (float.IsNegativeInfinity(entry.Score) || !TopItems.IsBefore(last, entry)) continue;
            if (more == behind.Length && !TopItems.IsBefore(entry, behind[^1])) continue;
            if (asked.Allows(item)) more = TopItems.Insert(behind, more, entry);
        }
        for (var i = 0; i < more; i++)
            found[count++] = new(behind[i].Item, float.Exp2(behind[i].Score));
        return count;
    }
}
