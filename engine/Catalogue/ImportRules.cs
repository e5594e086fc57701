using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Catalogue;

/// <summary>What must hold of the products of one import before the first is written. Pure.
/// </summary>
internal static class ImportRules
{
    /// <summary>What is wrong with the products themselves; null where nothing is.</summary>
    public static Refusal? Check(IReadOnlyList<Product> products)
    {
        if (products.Count > ProductRules.ImportCountLimit)
        {
            return new Refusal(RefusalCode.LineLimit,
                $"An import has at most {ProductRules.ImportCountLimit} products a call.");
        }
        foreach (var product in products)
            if (ProductRules.Check(product) is { } refusal) return refusal;
        return null;
    }

    /// <summary>
    /// Why one of the products cannot be made of what it says; null where all can. Components may
    /// come in the same call, also behind their bundle.
    /// </summary>
    /// <param name="products">The products as they are to be.</param>
    /// <param name="find">The stored products; null where there is none.</param>
    /// <param name="isComponent">Whether a stored bundle holds the product.</param>
    public static Refusal? CheckBundles(
        IReadOnlyList<Product> products, Func<Sku, Product?> find, Func<Sku, bool> isComponent)
    {
        if (products.All(product => product.Components.Count == 0)) return null;
        var coming = new Dictionary<Sku, Product>();
        foreach (var product in products) coming[product.Sku] = product;
        foreach (var product in products)
        {
            if (BundleRules.CheckParts(
                product, sku => coming.GetValueOrDefault(sku) ?? find(sku), isComponent)
                is { } refusal) return refusal;
        }
        return null;
    }
}
