using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Recommendations;

/// <summary>A product that is worth showing.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Its title, where the catalogue knows it.</param>
/// <param name="Score">Comparable within one answer only.</param>
/// <param name="Because">The product that led to it; absent where none did.</param>
/// <param name="BecauseTitle">That product's title, where the catalogue knows it.</param>
/// <param name="Source">Who proposed it: <c>sessions</c>, <c>factors</c>, <c>seenTogether</c>,
/// <c>trending</c>, …</param>
/// <param name="Reason">Why it is shown: <c>viewed</c>, <c>carted</c> or <c>bought</c> (because the
/// visitor did that with <c>because</c>), <c>onScreen</c> (it goes with <c>because</c>),
/// <c>taste</c>, <c>trending</c>, <c>new</c> or <c>pinned</c>.</param>
public sealed record SuggestedProduct(
    string ProductId, string? Title, double Score, string? Because = null,
    string? BecauseTitle = null, string? Source = null, string? Reason = null)
{
    // By number: a name would be made anew for each product of each answer.
    private static readonly string[] Reasons =
        [.. Enum.GetNames<RecommendationReason>().Select(Camel)];

    internal static SuggestedProduct Of(Recommendation recommendation) => new(
        recommendation.Sku.Value,
        recommendation.Title,
        recommendation.Score,
        recommendation.Because?.Value,
        recommendation.BecauseTitle,
        RecommendationSourceNames.Of(recommendation.Source),
        Reasons[(int)recommendation.Reason]);

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

/// <summary>Products that are worth showing.</summary>
/// <param name="Products">In the order in which to show them, each once.</param>
/// <param name="Id">Names the answer: send it as the parameter <c>item_list_id</c> of the
/// <c>view_item_list</c> and <c>select_item</c> events that tell of it.</param>
/// <param name="Next">Where the next page goes on (<c>after</c>); absent where there is none.
/// </param>
public sealed record Suggestions(
    IReadOnlyList<SuggestedProduct> Products, string? Id = null, string? Next = null)
{
    internal static Suggestions Of(RecommendationAnswer answer)
    {
        var products = new SuggestedProduct[answer.Products.Count];
        for (var i = 0; i < products.Length; i++)
            products[i] = SuggestedProduct.Of(answer.Products[i]);
        return new(products, answer.Id, answer.Next?.ToString());
    }
}

/// <summary>Gives products their titles, from the catalogue's store.</summary>
internal sealed class ProductSuggestions(IProductStore products)
{
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
