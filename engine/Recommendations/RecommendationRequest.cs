using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>What a storefront asks for.</summary>
public sealed record RecommendationRequest
{
    /// <summary>Products of an answer at most: more than a page shows.</summary>
    public const int CountLimit = 200;

    /// <summary>Products that may be named as context, in the cart or left out: what fits an URL.
    /// </summary>
    public const int ProductLimit = 200;

    /// <summary>What the list is for.</summary>
    public Placement Placement { get; init; } = Placement.ForVisitor;

    /// <summary>Who it is for; null for somebody who is not known.</summary>
    public VisitorId? Visitor { get; init; }

    /// <summary>The visit: only what was done in it counts for the moment. Null: what followed
    /// without a pause of half an hour.</summary>
    public SessionId? Session { get; init; }

    /// <summary>Products of the answer at most, 1 to <see cref="CountLimit"/>.</summary>
    public int Count { get; init; } = 10;

    /// <summary>The product on the screen, or several; never among the answers.</summary>
    public IReadOnlyList<Sku> Products { get; init; } = [];

    /// <summary>What is in the cart; never among the answers.</summary>
    public IReadOnlyList<Sku> Cart { get; init; } = [];

    /// <summary>Only products of one of these categories; empty for all.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Whose stock must have them; null for the shop's own region.</summary>
    public string? Region { get; init; }

    /// <summary>Products that must not be among the answers.</summary>
    public IReadOnlyList<Sku> Exclude { get; init; } = [];

    /// <summary>What the pages before have shown.</summary>
    public PageCursor After { get; init; } = PageCursor.Start;

    /// <summary>Whether what was shown lately and not clicked goes behind other products.</summary>
    public bool Rotate { get; init; } = true;
}
