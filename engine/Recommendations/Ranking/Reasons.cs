using StreamCommerce.Engine.Recommendations.Candidates;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>Why a product is shown.</summary>
internal static class Reasons
{
    // Below it two products have little to do with each other, and taste as a whole is the reason.
    private const float LeastCosine = 0.2f;

    /// <summary>The product that led to one; for one that taste has found, the product among the
    /// visitor's last that is most like it; -1 where there is none.</summary>
    public static int BecauseOf(Asked asked, in ScoredItem scored)
    {
        if (scored.Because >= 0 || scored.Source != RecommendationSource.Factors)
            return scored.Because;
        var (because, highest) = (-1, LeastCosine);
        foreach (ref readonly var interest in asked.Interests)
        {
            if (asked.Model?.CosineOf(interest.Item, scored.Item) is not { } cosine
                || !(cosine > highest)) continue;
            (because, highest) = (interest.Item, cosine);
        }
        return because;
    }

    /// <summary>The reason for a product.</summary>
    /// <param name="asked">Who it is shown to.</param>
    /// <param name="source">Who proposed it.</param>
    /// <param name="because">The product that led to it; -1 where none did.</param>
    public static RecommendationReason Of(Asked asked, RecommendationSource source, int because)
    {
        if (because >= 0)
        {
            if (asked.Context.Contains(because)) return RecommendationReason.OnScreen;
            return asked.LastWith(because) switch
            {
                EventName.Purchase => RecommendationReason.Bought,
                EventName.AddToCart => RecommendationReason.Carted,
                _ => RecommendationReason.Viewed,
            };
        }
        return source switch
        {
            RecommendationSource.Trending => RecommendationReason.Trending,
            RecommendationSource.NewArrivals or RecommendationSource.Exploration =>
                RecommendationReason.New,
            RecommendationSource.Pinned => RecommendationReason.Pinned,
            _ => RecommendationReason.Taste,
        };
    }
}
