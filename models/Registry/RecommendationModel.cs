namespace StreamCommerce.Models.Registry;

/// <summary>
/// What a trained model brings to the service. Its memory may be a mapped file's: it is valid until
/// the model is disposed of by whoever opened it.
/// </summary>
public sealed record RecommendationModel
{
    /// <summary>Where it comes from and what it is worth.</summary>
    public required ModelManifest Manifest { get; init; }

    /// <summary>The items' ids, by their number in the model.</summary>
    public required IReadOnlyList<string> Items { get; init; }

    /// <summary>Numbers of a factor; 0 where the model has no factors.</summary>
    public required int Dimensions { get; init; }

    /// <summary>The items' factors, item by item: <c>Items.Count × Dimensions</c> finite numbers.
    /// </summary>
    public required ReadOnlyMemory<float> ItemFactors { get; init; }

    /// <summary>Σ x xᵀ over the users' factors, <c>Dimensions × Dimensions</c>, for the factor of a
    /// new item; empty where it is not known.</summary>
    public required ReadOnlyMemory<float> UserGramian { get; init; }

    /// <summary>How a visitor's factor follows from interactions.</summary>
    public required FoldInParameters FoldIn { get; init; }

    /// <summary>Similar items, learnt by a linear or co-occurrence model; may be empty.</summary>
    public required ItemNeighbours Neighbours { get; init; }

    /// <summary>How much an entry of a history counts of the one after it where the neighbours
    /// score, 0 to 1; null where the trainer had no such parameter.</summary>
    public double? HistoryDecay =>
        Manifest.Parameters.TryGetValue("historyDecay", out var decay) && decay is >= 0 and <= 1
            ? decay : null;

    /// <summary>Weighted interactions of each item in training.</summary>
    public required ReadOnlyMemory<float> Popularity { get; init; }
}

/// <summary>Parameters of the normal equations that give a visitor's factor (see
/// <c>models/Factorization</c>).</summary>
/// <param name="UnobservedWeight">Weight of all items that were not interacted with.</param>
/// <param name="Regularization">λ, before it is scaled by the frequency.</param>
/// <param name="FrequencyExponent">ν: λ is scaled by (weights + unobserved weight · items)^ν.
/// </param>
/// <param name="ViewWeight">Weight of a view.</param>
/// <param name="CartWeight">Weight of an item put into a cart.</param>
/// <param name="PurchaseWeight">Weight of a purchase.</param>
/// <param name="HalfLifeDays">After it a weight counts half; infinite: never.</param>
/// <param name="PopularityExponent">e: an item's share of the unobserved weight is its popularity
/// over the mean one, to the power of e.</param>
/// <param name="ScoreExponent">γ: the items' factors have been multiplied by the same, to the power
/// of γ, after they were learnt.</param>
public sealed record FoldInParameters(
    double UnobservedWeight,
    double Regularization,
    double FrequencyExponent,
    double ViewWeight = 1,
    double CartWeight = 2,
    double PurchaseWeight = 4,
    double HalfLifeDays = double.PositiveInfinity,
    double PopularityExponent = 0,
    double ScoreExponent = 0);

/// <summary>For each item, its most similar ones, heaviest first.</summary>
/// <param name="Starts">Where each item's neighbours start, and one more; empty where there are
/// none at all.</param>
/// <param name="Items">The neighbours' numbers.</param>
/// <param name="Weights">Their weights, finite.</param>
public sealed record ItemNeighbours(
    ReadOnlyMemory<int> Starts, ReadOnlyMemory<int> Items, ReadOnlyMemory<float> Weights)
{
    public static readonly ItemNeighbours None = new(default, default, default);
}
