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
        if (top.IsEmpty) return 0;
        var count = 0;
        for (var i = 0; i < top.Length && count < found.Length; i++)
        {
            if (asked.Allows(top[i].Item))
                found[count++] = new(top[i].Item, ScoreOf(top[i], top[0]));
        }
        // Categories may have little that the whole shop is after.
        if (count == found.Length || top.Length < TrendingProducts.Limit || !asked.HasCategories)
            return count;
        return FindBehind(asked, ranking.Levels.Span, top, found, count);
    }

    // Beside the best, so that it is a number however long ago the last event was.
    private static float ScoreOf(RankedItem item, RankedItem best) =>
        float.Exp2(item.Score - best.Score);

    private static int FindBehind(
        Asked asked, ReadOnlySpan<float> levels, ReadOnlySpan<RankedItem> top,
        Span<Candidate> found, int count)
    {
        Span<RankedItem> behind = stackalloc RankedItem[found.Length - count];
        var more = 0;
        if (asked.TryGetFew(out var few))
        {
            foreach (var item in few)
                if (item < levels.Length) more = Consider(asked, item, levels, top, behind, more);
        }
        else
        {
            for (var item = 0; item < levels.Length; item++)
                more = Consider(asked, item, levels, top, behind, more);
        }
        for (var i = 0; i < more; i++)
            found[count++] = new(behind[i].Item, ScoreOf(behind[i], top[0]));
        return count;
    }

    private static int Consider(
        Asked asked, int item, ReadOnlySpan<float> levels, ReadOnlySpan<RankedItem> top,
        Span<RankedItem> behind, int count)
    {
        var entry = new RankedItem(item, levels[item]);
        if (float.IsNegativeInfinity(entry.Score) || !TopItems.IsBefore(top[^1], entry))
            return count;
        if (count == behind.Length && !TopItems.IsBefore(entry, behind[^1])) return count;
        return asked.Allows(item) && !behind[..count].Contains(entry)
            ? TopItems.Insert(behind, count, entry) : count;
    }
}
