using StreamCommerce.Engine.Recommendations.Experiments;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>How a placement ranks: what each source counts, and how much variety there is.
/// </summary>
internal sealed class RankingOptions
{
    /// <summary>Numbers of <see cref="RecommendationSource"/> lie below.</summary>
    public const int SourceLimit = 64;

    /// <summary>A source that counts less cannot lift a product past what others propose: it is
    /// asked only where they have not filled the list.</summary>
    public const float FillWeight = 0.1f;

    private readonly float[] _weights = new float[SourceLimit];

    /// <summary>What likeness counts against relevance, 0 to 1.</summary>
    public float Diversity { get; init; }

    /// <summary>Share of the places that new products are tried out in, 0 to 1.</summary>
    public float Exploration { get; init; }

    /// <summary>Whether the trained model takes part.</summary>
    public bool UsesModel { get; init; } = true;

    /// <summary>What a source's best candidate counts, from 0: not asked at all.</summary>
    public float this[RecommendationSource source]
    {
        get => _weights[(int)source];
        init => _weights[(int)source] = value;
    }

    /// <summary>
    /// Before anything was learnt of a shop. Each source's scores are divided by its best one, so a
    /// weight says how a source's first choice stands against the others'. What was seen together
    /// tells little that visits and rules have not told already, and is there for products that are
    /// in neither; what is trending or new comes behind all that speaks for the visitor.
    /// </summary>
    public static RankingOptions For(Placement placement) => placement switch
    {
        Placement.Similar => Similar,
        Placement.BoughtTogether => BoughtTogether,
        Placement.Trending => Trending,
        Placement.NewArrivals => NewArrivals,
        _ => ForVisitor,
    };

    private static readonly RankingOptions ForVisitor = new()
    {
        [RecommendationSource.Sessions] = 1,
        [RecommendationSource.Factors] = 0.7f,
        [RecommendationSource.Linear] = 0.5f,
        [RecommendationSource.SeenTogether] = 0.08f,
        [RecommendationSource.BoughtTogether] = 0.3f,
        [RecommendationSource.Trending] = 0.02f,
        [RecommendationSource.NewArrivals] = 0.002f,
        Diversity = 0.15f,
        Exploration = 0.05f,
    };

    private static readonly RankingOptions Similar = new()
    {
        [RecommendationSource.Similar] = 1,
        [RecommendationSource.Linear] = 0.7f,
        [RecommendationSource.SeenTogether] = 0.7f,
    };

    private static readonly RankingOptions BoughtTogether = new()
    {
        [RecommendationSource.BoughtTogether] = 1,
    };

    private static readonly RankingOptions Trending = new()
    {
        [RecommendationSource.Trending] = 1,
    };

    private static readonly RankingOptions NewArrivals = new()
    {
        [RecommendationSource.NewArrivals] = 1,
    };

    /// <summary>The same but for what a visitor's experiments change; this very object where they
    /// change nothing. What a list is for stays: a source comes anew only into what is recommended
    /// to a visitor, only that is varied and explores, and a list of one source, against which
    /// nothing is weighed, is as it is.</summary>
    public RankingOptions With(RankingOverrides overrides)
    {
        if (ReferenceEquals(overrides, RankingOverrides.None)) return this;
        var isOpen = ReferenceEquals(this, ForVisitor);
        if (!isOpen && _weights.Count(weight => weight > 0) == 1) return this;
        var changed = new RankingOptions
        {
            Diversity = isOpen ? (float)(overrides.Diversity ?? Diversity) : Diversity,
            Exploration = isOpen ? (float)(overrides.Exploration ?? Exploration) : Exploration,
            UsesModel = overrides.Model ?? UsesModel,
        };
        for (var i = 0; i < SourceLimit; i++)
        {
            var weight = overrides.WeightOf((RecommendationSource)i) ?? _weights[i];
            changed._weights[i] = isOpen || _weights[i] > 0 ? (float)weight : 0;
        }
        return changed.IsLike(this) ? this : changed;
    }

    private bool IsLike(RankingOptions other) =>
        Diversity == other.Diversity && Exploration == other.Exploration
        && UsesModel == other.UsesModel && _weights.AsSpan().SequenceEqual(other._weights);
}
