using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Catalogue;

/// <summary>The products of the shop.</summary>
/// <remarks>
/// The contract, which every adapter's tests check:
/// <list type="bullet">
/// <item><b>Atomic.</b> A put is whole or not at all; so is each call of import.</item>
/// <item><b>Durable before answered</b>, and answered before it is on the change stream.</item>
/// <item><b>Versions</b> grow by one with every change of a product. Putting what is already
/// there changes nothing, the version neither, so that both writes can be repeated.</item>
/// <item><b>Order.</b> Pages list skus in one fixed order; a product that stays is on exactly
/// one page, whatever is added meanwhile.</item>
/// <item><b>Bundles.</b> What a bundle is made of exists, and is no bundle.</item>
/// <item><b>No removal.</b> A sku that was once known stays known.</item>
/// <item><b>Faults.</b> <see cref="StoreUnavailableException"/>; nothing else but bugs.</item>
/// </list>
/// </remarks>
public interface IProductStore
{
    /// <summary>The product, or null where there is none.</summary>
    ValueTask<Product?> GetAsync(Sku sku, CancellationToken ct);

    /// <summary>Those of the skus that exist, in the order asked for.</summary>
    ValueTask<IReadOnlyList<Product>> GetManyAsync(IReadOnlyList<Sku> skus, CancellationToken ct);

    /// <summary>
    /// What orders need of the products, in the order asked for; null where there is none. Sees
    /// every write that was acknowledged before, and is quick for products that sell.
    /// </summary>
    ValueTask<IReadOnlyList<Offer?>> GetOffersAsync(
        IReadOnlyList<Sku> skus, CancellationToken ct);

    /// <summary>A page of products.</summary>
    ValueTask<ProductPage> ListAsync(ProductQuery query, CancellationToken ct);

    /// <summary>
    /// The products behind a sku, in the order of pages: for those that keep all of them in memory.
    /// </summary>
    /// <param name="after">Only skus behind this one; null from the start.</param>
    /// <param name="limit">Products at most, 1 to <see cref="ProductQuery.SweepMaximum"/>.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>Without their descriptions. Fewer than the limit at the end only.</returns>
    ValueTask<IReadOnlyList<Product>> SweepAsync(Sku? after, int limit, CancellationToken ct);

    /// <summary>Adds or replaces a product and answers what is stored.</summary>
    /// <param name="product">Its version and time are ignored.</param>
    /// <param name="ifMatch">
    /// The version that the caller has read; 0: there must be none; null: whatever is there.
    /// </param>
    /// <param name="ct">Gives up waiting, not the write.</param>
    ValueTask<Answer<Product>> PutAsync(Product product, long? ifMatch, CancellationToken ct);

    /// <summary>Adds or replaces many, all or none.</summary>
    /// <param name="products">At most <see cref="ProductRules.ImportCountLimit"/>.</param>
    /// <param name="ct">Gives up waiting, not the write.</param>
    ValueTask<Answer<ImportCounts>> ImportAsync(
        IReadOnlyList<Product> products, CancellationToken ct);
}
