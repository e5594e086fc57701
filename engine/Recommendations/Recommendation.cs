using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>Why a product is shown, for people.</summary>
public enum RecommendationReason
{
    /// <summary>It fits what the visitor did over time.</summary>
    Taste,

    /// <summary>Because the visitor looked at a product.</summary>
    Viewed,

    /// <summary>Because the visitor put a product into the cart.</summary>
    Carted,

    /// <summary>Because the visitor bought a product.</summary>
    Bought,

    /// <summary>Because a product is on the screen, or in the cart that was asked for.</summary>
    OnScreen,

    /// <summary>Many want it just now.</summary>
    Trending,

    /// <summary>It is new.</summary>
    New,

    /// <summary>A merchant put it there.</summary>
    Pinned,
}

/// <summary>A product for a visitor, and why.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Title">Its title, where the catalogue knows it.</param>
/// <param name="Score">Comparable within one answer only.</param>
/// <param name="Source">Who proposed it.</param>
/// <param name="Reason">Why it is shown.</param>
/// <param name="Because">The product that led to it; null where none did.</param>
/// <param name="BecauseTitle">That product's title, where the catalogue knows it.</param>
public readonly record struct Recommendation(
    Sku Sku, string? Title, float Score, RecommendationSource Source, RecommendationReason Reason,
    Sku? Because, string? BecauseTitle);

/// <summary>What a storefront is given.</summary>
/// <param name="Id">Names the answer in the events that tell of its impressions and clicks.</param>
/// <param name="Products">In the order in which to show them, each once.</param>
/// <param name="Next">Where the next page goes on; null where there is none.</param>
public sealed record RecommendationAnswer(
    string Id, IReadOnlyList<Recommendation> Products, PageCursor? Next);
