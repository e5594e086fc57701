using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>Products that the same people want as the one on the screen: by the cosine of their
/// factors.</summary>
internal sealed class SimilarSource : ICandidateSource
{
    public RecommendationSource Source => RecommendationSource.Similar;

    public int Find(Asked asked, Span<Candidate> found)
    {
        if (asked.Context.IsEmpty || asked.Model is not { Factors: not null } model) return 0;
        var known = new KnownItems(model);
        var because = asked.Context[^1];
        var number = known.NumberOf(because);
        if (number < 0) return 0;
        Span<RankedItem> top = stackalloc RankedItem[found.Length];
        var count = known.Search(known.FactorOf(number), top, asked);
        for (var i = 0; i < count; i++)
        {
            // Found by the inner product, which prefers what many want; ordered by the cosine.
            top[i] = top[i] with
            {
                Score = top[i].Score * known.InverseLengthOf(top[i].Item)
                    * known.InverseLengthOf(number),
            };
        }
        top[..count].Sort(static (left, right) => TopItems.IsBefore(left, right) ? -1
            : TopItems.IsBefore(right, left) ? 1 : 0);
        while (count > 0 && !(top[count - 1].Score > 0)) count--;
        for (var i = 0; i < count; i++)
            found[i] = new(known.ItemOf(top[i].Item), top[i].Score, because);
        return count;
    }
}
