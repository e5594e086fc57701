using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Merchandising;

/// <summary>
/// What a merchant wants to be recommended more, less, at a fixed place or not at all, as plain
/// data; <see cref="MerchandisingRules"/> says what is valid. The empty plan changes nothing.
/// </summary>
public sealed record MerchandisingPlan
{
    /// <summary>The plan of a shop that has none.</summary>
    public static MerchandisingPlan Empty { get; } = new();

    /// <summary>Products that count for more or less; a product takes each boost that it matches,
    /// once.</summary>
    public IReadOnlyList<Boost> Boosts { get; init => field = value ?? []; } = [];

    /// <summary>Products at fixed places; of two for the same place the first.</summary>
    public IReadOnlyList<Pin> Pins { get; init => field = value ?? []; } = [];

    /// <summary>Products that are never recommended, not even by a pin.</summary>
    public IReadOnlyList<Hiding> Hidden { get; init => field = value ?? []; } = [];

    /// <summary>63 bits of its content; 0 for the empty plan.</summary>
    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>Whether it says nothing.</summary>
    [JsonIgnore]
    public bool IsEmpty => Boosts.Count == 0 && Pins.Count == 0 && Hidden.Count == 0;
}

/// <summary>When a rule is valid.</summary>
public abstract record TimedRule
{
    /// <summary>The first moment that it is valid; null: always was.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment that it is not valid any more; null: never ends.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Whether it is valid at a moment.</summary>
    public bool IsValidAt(DateTimeOffset now) => !(now < From) && !(now >= To);
}

/// <summary>A rule about products: those that any of its lists names.</summary>
public abstract record ProductRule : TimedRule
{
    /// <summary>The products themselves.</summary>
    public IReadOnlyList<Sku> Skus { get; init => field = value ?? []; } = [];

    /// <summary>All products of these categories.</summary>
    public IReadOnlyList<string> Categories { get; init => field = value ?? []; } = [];

    /// <summary>All products of these brands.</summary>
    public IReadOnlyList<string> Brands { get; init => field = value ?? []; } = [];
}

/// <summary>Products that count for more, or for less.</summary>
public sealed record Boost : ProductRule
{
    /// <summary>What their scores are multiplied by: 0.01 to 100, 1 changes nothing.</summary>
    [JsonRequired]
    public required double Factor { get; init; }
}

/// <summary>Products that are not recommended. They can be found and bought as before.</summary>
public sealed record Hiding : ProductRule;

/// <summary>A product at a fixed place of a list. Left out while it cannot be sold.</summary>
public sealed record Pin : TimedRule
{
    /// <summary>The product.</summary>
    [JsonRequired]
    public required Sku Sku { get; init; }

    /// <summary>Its place in the list: 1 to 50.</summary>
    [JsonRequired]
    public required int Position { get; init; }

    /// <summary>The list, as <c>recommendations</c>; null: every list.</summary>
    public string? Placement { get; init; }

    /// <summary>Only where the list is of this category; null: whatever it is of.</summary>
    public string? Category { get; init; }

    /// <summary>Only on the page of this product; null: everywhere.</summary>
    public Sku? Product { get; init; }
}
