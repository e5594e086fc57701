using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Recommendations.Merchandising;
using StreamCommerce.Engine.Trending;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>All that recommendations are made of.</summary>
public sealed record RecommenderParts
{
    /// <summary>What happened in the shop.</summary>
    public required CommerceEngine Engine { get; init; }

    /// <summary>What can be sold, and what the catalogue says.</summary>
    public required Shelf Shelf { get; init; }

    /// <summary>The trained model that answers now.</summary>
    public required ModelSlot<ServedModel> Models { get; init; }

    /// <summary>What many want.</summary>
    public required TrendingProducts Trending { get; init; }

    /// <summary>What is bought in one order.</summary>
    public required BoughtTogetherProducts BoughtTogether { get; init; }

    /// <summary>What merchants push, pin and hide.</summary>
    public required MerchandisingPlans Merchandising { get; init; }

    /// <summary>What is different for some visitors.</summary>
    public required ExperimentBooks Experiments { get; init; }

    /// <summary>What visitors did whom the engine knows nothing of; null where nobody keeps that.
    /// </summary>
    public StoredHistories? Stored { get; init; }

    /// <summary>Names the answers.</summary>
    public required AnswerIds Ids { get; init; }
}
