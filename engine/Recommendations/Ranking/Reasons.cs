using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>Why a product is shown.</summary>
internal static class Reasons
{
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
