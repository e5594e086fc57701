using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Products;

/// <summary>Units of a product in one unit of a bundle.</summary>
/// <param name="ProductId">The product; no bundle itself.</param>
/// <param name="Quantity">1 to 1,000.</param>
public sealed record ComponentView(string ProductId, int Quantity)
{
    internal static IReadOnlyList<ComponentView>? Of(IReadOnlyList<Component>? components) =>
        components is null or { Count: 0 } ? null : [.. components.Select(
            part => new ComponentView(part.Sku.Value, part.Quantity))];
}

/// <summary>A product of the catalogue.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Description">A page of text at most.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Categories">Where it is found.</param>
/// <param name="Attributes">Free-form properties.</param>
/// <param name="Price">Of one unit.</param>
/// <param name="Version">Grows by one with each change; also the ETag.</param>
/// <param name="UpdatedAt">When this version was stored.</param>
/// <param name="Components">What a bundle is made of; absent where it is no bundle.</param>
public sealed record ProductView(
    string Id,
    string Title,
    string? Description,
    string? Brand,
    IReadOnlyList<string> Categories,
    IReadOnlyDictionary<string, string> Attributes,
    Money Price,
    long Version,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<ComponentView>? Components = null)
{
    internal static ProductView Of(Product product) => new(
        product.Sku.Value, product.Title, product.Description, product.Brand, product.Categories,
        product.Attributes, product.Price, product.Version, product.UpdatedAt,
        ComponentView.Of(product.Components));
}

/// <summary>A page of products.</summary>
/// <param name="Products">In the order of their ids.</param>
/// <param name="Next">What to pass as after for the next page; absent at the end.</param>
public sealed record ProductList(IReadOnlyList<ProductView> Products, string? Next);

/// <summary>A product as it is to be.</summary>
/// <param name="Title">1 to 500 characters.</param>
/// <param name="Price">Of one unit, not negative.</param>
/// <param name="Description">At most 10,000 characters.</param>
/// <param name="Brand">At most 500 characters.</param>
/// <param name="Categories">At most 50, each once.</param>
/// <param name="Attributes">At most 100.</param>
/// <param name="Components">Makes it a bundle, which has no stock of its own: at most 20 products
/// of the catalogue that are no bundles, each once.</param>
public sealed record ProductBody(
    string Title,
    Money Price,
    string? Description = null,
    string? Brand = null,
    IReadOnlyList<string>? Categories = null,
    IReadOnlyDictionary<string, string>? Attributes = null,
    IReadOnlyList<ComponentView>? Components = null)
{
    internal Product ToProduct(string id) => ProductRow.ToProduct(
        id, Title, Price, Description, Brand, Categories, Attributes, Components);
}

/// <summary>A product of an import: a line of NDJSON.</summary>
/// <param name="Id">The product's id.</param>
/// <param name="Title">1 to 500 characters.</param>
/// <param name="Price">Of one unit, not negative.</param>
/// <param name="Description">At most 10,000 characters.</param>
/// <param name="Brand">At most 500 characters.</param>
/// <param name="Categories">At most 50, each once.</param>
/// <param name="Attributes">At most 100.</param>
/// <param name="Components">Makes it a bundle, which has no stock of its own: at most 20 products
/// of the catalogue that are no bundles, each once.</param>
public sealed record ProductRow(
    string Id,
    string Title,
    Money Price,
    string? Description = null,
    string? Brand = null,
    IReadOnlyList<string>? Categories = null,
    IReadOnlyDictionary<string, string>? Attributes = null,
    IReadOnlyList<ComponentView>? Components = null)
{
    internal Product ToProduct() =>
        ToProduct(Id, Title, Price, Description, Brand, Categories, Attributes, Components);

    internal static Product ToProduct(
        string id, string title, Money price, string? description, string? brand,
        IReadOnlyList<string>? categories, IReadOnlyDictionary<string, string>? attributes,
        IReadOnlyList<ComponentView>? components = null)
    {
        var product = new Product
        {
            Sku = new Sku(id),
            Title = title,
            Description = description,
            Brand = brand,
            Price = price,
            Categories = categories ?? [],
            Components = components is null ? [] : [.. components.Select(
                part => part is null
                    ? default : new Component(new(part.ProductId), part.Quantity))],
        };
        return attributes is null ? product : product with { Attributes = attributes };
    }
}

/// <summary>What an import did.</summary>
/// <param name="Added">Products that are new.</param>
/// <param name="Changed">Products that were replaced.</param>
/// <param name="Unchanged">Products that were there already, just so.</param>
/// <param name="RefusedCount">Rows that were not taken.</param>
/// <param name="Refused">Those rows, the first 1,000 of them.</param>
public sealed record ImportReceipt(
    int Added, int Changed, int Unchanged, int RefusedCount,
    IReadOnlyList<Problems.RefusedEntry> Refused);

/// <summary>How often events named a product. Events, not units, except the last two.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Views">Views of it.</param>
/// <param name="Carts">Times it was put into a cart.</param>
/// <param name="Purchases">Purchases that held it.</param>
/// <param name="UnitsSold">Units of those.</param>
/// <param name="UnitsRefunded">Units that came back.</param>
public sealed record ProductActivity(
    string ProductId, long Views, long Carts, long Purchases, long UnitsSold, long UnitsRefunded);
