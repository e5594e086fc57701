using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Recommendations;

/// <summary>A product that is worth showing.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Its title, where the catalogue knows it.</param>
/// <param name="Score">Comparable within one answer only.</param>
/// <param name="Because">The product that led to it; absent where it is just trending.</param>
/// <param name="BecauseTitle">That product's title, where the catalogue knows it.</param>
public sealed record SuggestedProduct(
    string ProductId, string? Title, double Score, string? Because = null,
    string? BecauseTitle = null);

/// <summary>Products that are worth showing.</summary>
/// <param name="Products">Best first.</param>
public sealed record Suggestions(IReadOnlyList<SuggestedProduct> Products);

/// <summary>Makes ranked products ready to show: with titles, without what is sold out.</summary>
internal sealed class ProductSuggestions(IProductStore products, IStockStore stock)
{
    // Products whose stock is asked for in one read: most answers need one, a shop that is nearly
    // sold out a few.
    private const int PageLimit = 100;

    /// <summary>
    /// The first <paramref name="count"/> of the ranked products that can be sold; fewer only
    /// where there are no more. A product that stock was never kept of can: a replayed history
    /// has no stock.
    /// </summary>
    public async Task<Suggestions> TakeAsync(
        IEnumerable<SuggestedProduct> ranked, int count, CancellationToken ct)
    {
        var taken = new List<SuggestedProduct>(count);
        foreach (var page in ranked.Chunk(Math.Min(2 * count, PageLimit)))
        {
            var levels = await stock.GetLevelsAsync(
                [.. page.Select(p => new Sku(p.ProductId))], StockRegion.Home, ct);
            taken.AddRange(page.Zip(levels)
                .Where(pair => pair.Second is { Version: 0 } or { IsTracked: false }
                    or { Promisable: > 0 })
                .Select(pair => pair.First)
                .Take(count - taken.Count));
            if (taken.Count == count) break;
        }
        return await NameAsync(taken, ct);
    }

    /// <summary>The products with their titles.</summary>
    public async Task<Suggestions> NameAsync(
        IReadOnlyList<SuggestedProduct> ranked, CancellationToken ct)
    {
        var ids = ranked.Select(p => p.ProductId)
            .Concat(ranked.Select(p => p.Because).OfType<string>()).Distinct();
        var known = (await products.GetManyAsync([.. ids.Select(id => new Sku(id))], ct))
            .ToDictionary(product => product.Sku.Value, product => product.Title);
        return new Suggestions([.. ranked.Select(p => p with
        {
            Title = known.GetValueOrDefault(p.ProductId),
            BecauseTitle = p.Because is null ? null : known.GetValueOrDefault(p.Because),
        })]);
    }
}
