using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Catalogue;

/// <summary>Units of a product in one unit of a bundle.</summary>
/// <param name="Sku">The product; no bundle itself.</param>
/// <param name="Quantity">1 to <see cref="BundleRules.QuantityLimit"/>.</param>
public readonly record struct Component(Sku Sku, int Quantity);

/// <summary>A bundle as it was made up at a moment.</summary>
/// <param name="Sku">The bundle.</param>
/// <param name="Components">What it is made of, each product once.</param>
public sealed record Bundle(Sku Sku, IReadOnlyList<Component> Components);

/// <summary>
/// The rules of bundles. A bundle has a price and no stock of its own: what is promised, leaves
/// and comes back are its components, so that bundles and single units share one stock. Pure.
/// </summary>
public static class BundleRules
{
    /// <summary>Components of a bundle: a gift box; more is a list that belongs into an order.
    /// </summary>
    public const int ComponentCountLimit = 20;

    /// <summary>
    /// Units of one component: with the most units of a line, and of lines, still a 32 bit
    /// number.
    /// </summary>
    public const int QuantityLimit = 1_000;

    /// <summary>What is wrong with the list itself; null where nothing is.</summary>
    public static Refusal? Check(Product product)
    {
        var parts = product.Components;
        if (parts.Count == 0) return null;
        if (parts.Count > ComponentCountLimit)
            return No($"{product.Sku} has over {ComponentCountLimit} components.");
        var seen = new HashSet<Sku>();
        foreach (var (sku, quantity) in parts)
        {
            if (string.IsNullOrEmpty(sku.Value))
                return No($"every component of {product.Sku} needs a productId.");
            if (sku == product.Sku) return No($"{sku} cannot be a component of itself.");
            if (quantity is < 1 or > QuantityLimit)
            {
                return No($"component {sku} of {product.Sku} must have 1 to {QuantityLimit} " +
                    "units.");
            }
            if (!seen.Add(sku)) return No($"{product.Sku} names the component {sku} twice.");
        }
        return null;
    }

    /// <summary>Why the product cannot be made of what it says; null where it can.</summary>
    /// <param name="product">The product as it is to be.</param>
    /// <param name="find">The other products as they will be; null where there is none.</param>
    /// <param name="isComponent">Whether a stored bundle holds the product.</param>
    public static Refusal? CheckParts(
        Product product, Func<Sku, Product?> find, Func<Sku, bool> isComponent)
    {
        if (product.Components.Count == 0) return null;
        foreach (var (sku, _) in product.Components)
        {
            if (find(sku) is not { } part)
            {
                return No($"component {sku} of {product.Sku} is not in the catalogue; " +
                    "add it first.");
            }
            if (part.Components.Count > 0)
                return No($"component {sku} of {product.Sku} is a bundle; name its components.");
        }
        return isComponent(product.Sku)
            ? No($"{product.Sku} is a component of a bundle, so it cannot be one itself.")
            : null;
    }

    /// <summary>
    /// The stock that lines take: the components of bundles, added up with lines of the same
    /// product. The lines themselves where there are no bundles.
    /// </summary>
    /// <param name="lines">Products and bundles.</param>
    /// <param name="bundles">Those of them that are bundles; null for none.</param>
    public static IReadOnlyList<StockLine> ToStock(
        IReadOnlyList<StockLine> lines, IReadOnlyList<Bundle>? bundles)
    {
        if (bundles is null) return lines;
        var units = new Dictionary<Sku, long>();
        foreach (var (sku, quantity) in lines)
        {
            if (Find(bundles, sku) is not { } bundle) Add(sku, quantity);
            else foreach (var part in bundle.Components)
                Add(part.Sku, (long)part.Quantity * quantity);
        }
        // Too many are refused as such, by the rules of stock.
        return [.. units.Select(one => new StockLine(
            one.Key, (int)Math.Clamp(one.Value, int.MinValue, int.MaxValue)))];

        void Add(Sku sku, long quantity) =>
            units[sku] = units.GetValueOrDefault(sku) + quantity;
    }

    /// <summary>The bundle of that sku; null where it is none.</summary>
    public static Bundle? Find(IReadOnlyList<Bundle>? bundles, Sku sku)
    {
        if (bundles is null) return null;
        foreach (var bundle in bundles)
            if (bundle.Sku == sku) return bundle;
        return null;
    }

    /// <summary>The offers that are bundles; null where none is.</summary>
    public static IReadOnlyList<Bundle>? Among(IReadOnlyList<Offer?> offers)
    {
        List<Bundle>? bundles = null;
        for (var i = 0; i < offers.Count; i++)
        {
            if (offers[i] is { Components.Count: > 0 } offer)
                (bundles ??= []).Add(new(offer.Sku, offer.Components));
        }
        return bundles;
    }

    private static Refusal No(string detail) => new(RefusalCode.Invalid, detail);
}
