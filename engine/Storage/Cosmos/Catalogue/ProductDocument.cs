using System.Globalization;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Catalogue;

/// <summary>A product as it is stored, the only document of its partition.</summary>
internal sealed record ProductDocument
{
    /// <summary>The sku, escaped.</summary>
    public required string Id { get; init; }

    /// <summary>The sku as it is, since pages are in its order: the partition key.</summary>
    public required string Sku { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public string? Brand { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyDictionary<string, string>? Attributes { get; init; }

    /// <summary>As text: a JSON number of the account is a double, and has no scale.</summary>
    public required string PriceAmount { get; init; }

    public required string PriceCurrency { get; init; }

    public IReadOnlyList<Component> Components { get; init; } = [];

    public long Version { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset AddedAt { get; init; }

    /// <summary>
    /// Which write this is: tells our own, whose answer was lost, from another's. Null where it
    /// was not asked for.
    /// </summary>
    public string? Stamp { get; init; }

    public Product ToProduct()
    {
        var product = new Product
        {
            Sku = new(Sku),
            Title = Title,
            Description = Description,
            Brand = Brand,
            Categories = Categories,
            Price = new(
                decimal.Parse(PriceAmount, NumberStyles.Number, CultureInfo.InvariantCulture),
                Currency.Of(PriceCurrency)),
            Components = Components,
            Version = Version,
            UpdatedAt = UpdatedAt,
            AddedAt = AddedAt,
        };
        return Attributes is null ? product : product with { Attributes = Attributes };
    }

    public static string IdOf(Sku sku) => DocumentId.Of(sku.Value);

    public static ProductDocument Of(Product product, string stamp) => new()
    {
        Id = IdOf(product.Sku),
        Sku = product.Sku.Value,
        Title = product.Title,
        Description = product.Description,
        Brand = product.Brand,
        Categories = [.. product.Categories.Order(StringComparer.Ordinal)],
        Attributes = product.Attributes.Count == 0 ? null : product.Attributes,
        PriceAmount = product.Price.Amount.ToString(CultureInfo.InvariantCulture),
        PriceCurrency = product.Price.Currency.Code,
        Components = product.Components,
        Version = product.Version,
        UpdatedAt = product.UpdatedAt,
        AddedAt = product.AddedAt,
        Stamp = stamp,
    };
}
