using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Catalogue;

/// <summary>A product of the catalogue. <see cref="ProductRules"/> says what is valid.</summary>
public sealed record Product
{
    public required Sku Sku { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public string? Brand { get; init; }

    /// <summary>Where it is found, each name once.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Free-form properties, for example <c>colour</c>.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = NoAttributes;

    /// <summary>Of one unit, not negative.</summary>
    public required Money Price { get; init; }

    /// <summary>What a bundle is made of; empty where it is no bundle.</summary>
    public IReadOnlyList<Component> Components { get; init; } = [];

    /// <summary>Grows by one with each change; 0 where it has not been stored yet.</summary>
    public long Version { get; init; }

    /// <summary>When this version was stored, by the store's clock.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>
    /// When its first version was stored, by the store's clock; the default where a former version
    /// of the program did not note it.
    /// </summary>
    public DateTimeOffset AddedAt { get; init; }

    private static readonly IReadOnlyDictionary<string, string> NoAttributes =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the two say the same, whatever their versions.</summary>
    public bool SaysSameAs(Product other) =>
        Sku == other.Sku && Title == other.Title && Description == other.Description
        && Brand == other.Brand && Price == other.Price
        && Categories.Order(StringComparer.Ordinal)
            .SequenceEqual(other.Categories.Order(StringComparer.Ordinal))
        && Components.SequenceEqual(other.Components)
        && Attributes.Count == other.Attributes.Count
        && Attributes.All(pair =>
            other.Attributes.TryGetValue(pair.Key, out var text) && text == pair.Value);
}

/// <summary>What an order needs to know of a product.</summary>
public sealed record Offer(
    Sku Sku, string Title, Money Price, IReadOnlyList<string> Categories)
{
    /// <summary>What a bundle is made of; empty where it is no bundle.</summary>
    public IReadOnlyList<Component> Components { get; init; } = [];

    internal static Offer Of(Product product) =>
        new(product.Sku, product.Title, product.Price, product.Categories)
        {
            Components = product.Components,
        };
}

/// <summary>Which products to list: all, or those of a category, by their skus.</summary>
/// <param name="Category">Only products of this category; null for all.</param>
/// <param name="After">Only skus behind this one; null from the start.</param>
/// <param name="Limit">Products of the page, 1 to <see cref="LimitMaximum"/>.</param>
public sealed record ProductQuery(string? Category, Sku? After, int Limit)
{
    /// <summary>A page of at most 500 products: about a megabyte at full length.</summary>
    public const int LimitMaximum = 500;

    /// <summary>Of a sweep, whose products have no descriptions: some ten megabytes.</summary>
    public const int SweepMaximum = 20_000;
}

/// <summary>Some products of a list.</summary>
/// <param name="Products">In the order of their skus.</param>
/// <param name="Next">Where the next page goes on after; null at the end.</param>
public sealed record ProductPage(IReadOnlyList<Product> Products, Sku? Next)
{
    /// <summary>
    /// The page of what a store has found where it was asked for one more than the limit, which
    /// tells whether there is a next page.
    /// </summary>
    internal static ProductPage Of(IReadOnlyList<Product> found, int limit) =>
        found.Count <= limit
            ? new(found, null)
            : new([.. found.Take(limit)], found[limit - 1].Sku);
}

/// <summary>What an import did.</summary>
public sealed record ImportCounts(int Added, int Changed, int Unchanged);
