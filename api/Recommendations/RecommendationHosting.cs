using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Recommendations.Merchandising;
using StreamCommerce.Engine.Recommendations.Newcomers;
using StreamCommerce.Engine.Trending;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Api.Recommendations;

/// <summary>The parts of recommending, put together.</summary>
internal static class RecommendationHosting
{
    public static void AddRecommendations(this IServiceCollection services)
    {
        services.AddSingleton<AnswerIds>();
        services.AddSingleton<BoughtTogetherProducts>();
        services.AddSingleton<RecommendationMetrics>();
        services.AddSingleton<NewcomerLearning>();
        services.AddSingleton(provider => new Recommender(new RecommenderParts
        {
            Engine = provider.GetRequiredService<CommerceEngine>(),
            Shelf = provider.GetRequiredService<Shelf>(),
            Models = provider.GetRequiredService<ModelSlot<ServedModel>>(),
            Trending = provider.GetRequiredService<TrendingProducts>(),
            BoughtTogether = provider.GetRequiredService<BoughtTogetherProducts>(),
            Merchandising = provider.GetRequiredService<MerchandisingPlans>(),
            Experiments = provider.GetRequiredService<ExperimentBooks>(),
            Stored = provider.GetService<StoredHistories>(),
            Ids = provider.GetRequiredService<AnswerIds>(),
        }));
    }

    /// <summary>Makes a model ready, with the factors of the products that it has not seen.
    /// </summary>
    public static ServedModel Prepare(IServiceProvider services, OpenedModel opened)
    {
        var model = ServedModel.Of(opened, services.GetRequiredService<CommerceEngine>().Items);
        services.GetRequiredService<NewcomerLearning>().Refresh(model);
        return model;
    }
}
