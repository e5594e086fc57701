using StreamCommerce.Engine.Funnels;
using StreamCommerce.Engine.Products;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Newcomers;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Engine.Trending;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>The projections that every partition keeps.</summary>
public static class ProjectionSet
{
    /// <summary>Makes them for one partition's graph.</summary>
    public static IReadOnlyList<IProjection> Build(PartitionGraph graph)
    {
        var profiles = new ProfileProjection(graph);
        return
        [
            new SalesProjection(),
            new SessionProjection(graph),
            new FunnelProjection(graph),
            new ProductCountsProjection(),
            new TrendingProjection(),
            profiles,
            new CoVisitationProjection(graph),
            new BoughtTogetherProjection(graph),
            new RecommendationMetricsProjection(),
            new ShownProjection(graph),
            // Behind the profiles, which they read.
            new RecentSessionsProjection(graph, profiles),
            new NewestProductsProjection(graph, profiles),
        ];
    }

    /// <summary>Their names, as the command <c>rebuild</c> takes them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "sales", "sessions", "funnel", "product-counts", "trending", "profiles", "co-visitation",
        "bought-together", "recommendation-metrics", "recently-shown", "recent-sessions",
        "newest-products",
    ];
}
