using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>Who proposed a recommended product: what its success is credited to.</summary>
/// <remarks>The numbers are part of answers' ids, which come back in events for weeks, and the
/// names of settings: never change one, add at the end, below 64.</remarks>
[JsonConverter(typeof(RecommendationSourceConverter))]
public enum RecommendationSource : byte
{
    /// <summary>None of the others.</summary>
    Other = 0,

    /// <summary>Long-term taste: matrix factorization.</summary>
    Factors = 1,

    /// <summary>Sessions like the visitor's.</summary>
    Sessions = 2,

    /// <summary>What followed the last click in other sessions.</summary>
    SequentialRules = 3,

    /// <summary>A linear item model.</summary>
    Linear = 4,

    /// <summary>A graph-filter model.</summary>
    Graph = 5,

    /// <summary>Several models' scores, blended.</summary>
    Blend = 6,

    /// <summary>Seen together with what the visitor saw.</summary>
    SeenTogether = 7,

    /// <summary>Bought together with what the visitor bought or holds.</summary>
    BoughtTogether = 8,

    /// <summary>Like the product on screen.</summary>
    Similar = 9,

    /// <summary>Wanted by many just now.</summary>
    Trending = 10,

    /// <summary>New in the catalogue.</summary>
    NewArrivals = 11,

    /// <summary>Shown to learn about it.</summary>
    Exploration = 12,

    /// <summary>Put there by a merchant.</summary>
    Pinned = 13,
}

/// <summary>Sources as camel-case names.</summary>
public sealed class RecommendationSourceConverter()
    : JsonStringEnumConverter<RecommendationSource>(
        JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>What sources there are in this version.</summary>
public static class RecommendationSources
{
    /// <summary>Whether something proposes products under this name, so that a weight of it means
    /// anything. The others name what comes into a list in another way, or what older answers'
    /// ids hold.</summary>
    public static bool HasProposer(this RecommendationSource source) => source is
        RecommendationSource.Factors or RecommendationSource.Sessions
        or RecommendationSource.SequentialRules or RecommendationSource.Linear
        or RecommendationSource.SeenTogether or RecommendationSource.BoughtTogether
        or RecommendationSource.Similar or RecommendationSource.Trending
        or RecommendationSource.NewArrivals;
}

/// <summary>The sources' names on the wire.</summary>
public static class RecommendationSourceNames
{
    private static readonly string[] Names = [.. Enum.GetNames<RecommendationSource>()
        .Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>A source's name, as <c>seenTogether</c>; <c>other</c> for a number that this
    /// version does not know.</summary>
    public static string Of(RecommendationSource source) =>
        (int)source < Names.Length ? Names[(int)source] : Names[0];
}
