using System.Text.Json.Serialization;
using StreamCommerce.Engine.Recommendations.Ranking;

namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>All experiments of the shop. <see cref="ExperimentRules"/> says what is valid.
/// </summary>
public sealed record ExperimentBook
{
    /// <summary>The book of a shop that tries nothing.</summary>
    public static readonly ExperimentBook Empty = new();

    /// <summary>From the content; 0 for the empty book. What a sender says is not read.</summary>
    public long Version { get; init; }

    /// <summary>Those that run, and those that have ended and whose results are still wanted:
    /// they have shares of 0.</summary>
    public IReadOnlyList<Experiment> Experiments { get => field ?? []; init; }
}

/// <summary>One question, asked of a part of the visitors.</summary>
/// <param name="Name">Its name; with it the draw changes.</param>
/// <param name="Arms">The first one is what the others are compared with.</param>
public sealed record Experiment(string Name, IReadOnlyList<ExperimentArm> Arms)
{
    /// <summary>What it is about, for people.</summary>
    public string? Description { get; init; }
}

/// <summary>One way of recommending, and the share of the visitors who get it.</summary>
/// <param name="Name">Its name within the experiment.</param>
/// <param name="Share">Percent of all visitors, 0 to 100; what the arms leave over is outside of
/// the experiment.</param>
public sealed record ExperimentArm(string Name, double Share)
{
    /// <summary>What is different for its visitors; nothing for a control.</summary>
    public RankingOverrides Overrides { get => field ?? RankingOverrides.None; init; }
}

/// <summary>What differs from the shop's own ranking; null where nothing does.</summary>
public sealed record RankingOverrides
{
    /// <summary>No difference.</summary>
    public static readonly RankingOverrides None = new();

    /// <summary>Weights of sources that propose products, from 0, which leaves a source out. One
    /// below <see cref="RankingOptions.FillWeight"/> only fills up what others have left empty.
    /// </summary>
    public IReadOnlyDictionary<RecommendationSource, double>? SourceWeights { get; init; }

    /// <summary>How much variety counts against relevance, 0 to 1 (maximal marginal relevance).
    /// </summary>
    public double? Diversity { get; init; }

    /// <summary>Share of the places that is given to new products, 0 to 1.</summary>
    public double? Exploration { get; init; }

    /// <summary>False: without the promoted model.</summary>
    public bool? Model { get; init; }

    /// <summary>A source's weight; null where it is the shop's own.</summary>
    public double? WeightOf(RecommendationSource source) =>
        SourceWeights is { } weights && weights.TryGetValue(source, out var weight)
            ? weight : null;

    /// <summary>Both differences; the rules see to it that no two say the same.</summary>
    internal RankingOverrides With(RankingOverrides other)
    {
        if (ReferenceEquals(this, None)) return other;
        if (ReferenceEquals(other, None)) return this;
        return new()
        {
            SourceWeights = SourceWeights is null ? other.SourceWeights
                : other.SourceWeights is null ? SourceWeights
                : SourceWeights.Concat(other.SourceWeights).ToDictionary(),
            Diversity = Diversity ?? other.Diversity,
            Exploration = Exploration ?? other.Exploration,
            Model = Model ?? other.Model,
        };
    }

    /// <summary>What it changes, by the fields' names.</summary>
    [JsonIgnore]
    internal IEnumerable<string> Changed
    {
        get
        {
            foreach (var source in SourceWeights?.Keys ?? [])
                yield return $"sourceWeights/{RecommendationSourceNames.Of(source)}";
            if (Diversity is not null) yield return "diversity";
            if (Exploration is not null) yield return "exploration";
            if (Model is not null) yield return "model";
        }
    }
}
