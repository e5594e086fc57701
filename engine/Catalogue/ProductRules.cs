using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Catalogue;

/// <summary>The rules that a product must keep, with every limit and its reason. Pure.</summary>
public static class ProductRules
{
    /// <summary>Characters of a title, a brand, a category or an attribute's name.</summary>
    public const int NameLengthLimit = 500;

    /// <summary>Characters of a description or an attribute: a page of text, no book.</summary>
    public const int TextLengthLimit = 10_000;

    /// <summary>Categories of a product.</summary>
    public const int CategoryCountLimit = 50;

    /// <summary>Attributes of a product.</summary>
    public const int AttributeCountLimit = 100;

    /// <summary>Products of one import call: one short transaction.</summary>
    public const int ImportCountLimit = 1_000;

    /// <summary>Why the product is not valid, or null where it is.</summary>
    public static Refusal? Check(Product product)
    {
        if (product.Sku.Value is not { Length: > 0 and <= EventRules.IdLengthLimit } sku
            || sku.Any(char.IsControl))
        {
            return No($"id must have 1 to {EventRules.IdLengthLimit} printable characters.");
        }
        // Each would be another address than the product's: /v1/products/{id}.
        if (sku is "." or ".." || sku.AsSpan().ContainsAny('/', '\\'))
        {
            return No($"id '{sku}' cannot be part of an address: it must not hold / or \\, " +
                "and not be . or ..");
        }
        if (product.Title is not { Length: > 0 and <= NameLengthLimit })
            return No($"title of {sku} must have 1 to {NameLengthLimit} characters.");
        if (product.Description?.Length > TextLengthLimit)
            return No($"description of {sku} has over {TextLengthLimit} characters.");
        if (product.Brand?.Length > NameLengthLimit)
            return No($"brand of {sku} has over {NameLengthLimit} characters.");
        return CheckPrice(product) ?? CheckCategories(product) ?? CheckAttributes(product)
            ?? BundleRules.Check(product);
    }

    /// <summary>The product as it is stored over <paramref name="current"/>, or why not.</summary>
    /// <param name="current">The stored version; null where there is none.</param>
    /// <param name="next">What the caller wants.</param>
    /// <param name="ifMatch">
    /// The version that the caller has read; 0: there must be none; null: whatever is there.
    /// </param>
    /// <param name="now">The store's clock.</param>
    public static Answer<Product> Put(
        Product? current, Product next, long? ifMatch, DateTimeOffset now)
    {
        if (Check(next) is { } refusal) return refusal;
        var version = current?.Version ?? 0;
        if (ifMatch is { } expected && expected != version)
        {
            return new Refusal(RefusalCode.VersionMismatch, version == 0
                ? $"{next.Sku} is not in the catalogue."
                : $"{next.Sku} is at version {version}, not {expected}; read it again.");
        }
        // An unchanged product keeps its version: a repeated import must not wake every cache.
        return current is not null && current.SaysSameAs(next)
            ? current
            : next with
            {
                Version = version + 1,
                UpdatedAt = now,
                AddedAt = current is null ? now : current.AddedAt,
            };
    }

    private static Refusal? CheckPrice(Product product)
    {
        if (product.Price.Currency == default)
            return No($"price of {product.Sku} needs a currency.");
        return product.Price.Amount is < 0 or > EventRules.PriceLimit
            ? No($"price of {product.Sku} must be 0 to {EventRules.PriceLimit}.")
            : null;
    }

    private static Refusal? CheckCategories(Product product)
    {
        if (product.Categories.Count > CategoryCountLimit)
            return No($"{product.Sku} has over {CategoryCountLimit} categories.");
        if (product.Categories.Any(name => name is not { Length: > 0 and <= NameLengthLimit }))
        {
            return No($"every category of {product.Sku} must have 1 to {NameLengthLimit} " +
                "characters.");
        }
        return product.Categories.Distinct(StringComparer.Ordinal).Count()
            < product.Categories.Count ? No($"{product.Sku} names a category twice.") : null;
    }

    private static Refusal? CheckAttributes(Product product)
    {
        if (product.Attributes.Count > AttributeCountLimit)
            return No($"{product.Sku} has over {AttributeCountLimit} attributes.");
        return product.Attributes.Any(pair => pair.Key is not { Length: > 0 and <= NameLengthLimit }
            || pair.Value is null || pair.Value.Length > TextLengthLimit)
            ? No($"every attribute of {product.Sku} must have a name of 1 to {NameLengthLimit} " +
                $"and a text of at most {TextLengthLimit} characters.")
            : null;
    }

    private static Refusal No(string detail) => new(RefusalCode.Invalid, detail);
}
