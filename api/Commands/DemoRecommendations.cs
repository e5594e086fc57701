using System.Net;
using System.Text.Json;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using EventId = StreamCommerce.Ingest.Events.EventId;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// What a storefront and its shoppers make of recommendations: beside some of the products that
/// are looked at it shows what the shop recommends, tells that it did, and now and then somebody
/// clicks, likelier on what is like the product on screen and on what stands in front, and puts it
/// into the cart. Chance comes from a hash of the view's id. Any thread.
/// </summary>
internal sealed class DemoRecommendations(
    ServiceConnection shop, SimulatedCatalogue catalogue, DemoShoppers shoppers, TimeProvider time)
{
    private const int Count = 6;
    private const double ShownShare = 0.25;
    private const double SameCategoryChance = 0.10;
    private const double OtherChance = 0.03;
    private const double PlaceFactor = 0.85;
    private const double CartChance = 0.4;

    private readonly Dictionary<Sku, SimulatedProduct> _products =
        catalogue.Products.ToDictionary(product => product.Sku);

    // Below 0: the numbers above are the simulation's own.
    private long _carts;

    /// <summary>Shows recommendations beside a product that was looked at, or does not.</summary>
    public async Task ShowAsync(CommerceEvent view, EventSender sender, CancellationToken ct)
    {
        if (view.Name != EventName.ViewItem || Chance(view, "show") >= ShownShare) return;
        var visitor = Uri.EscapeDataString(view.Visitor.Value);
        using var response = await shop.TryGetAsync(
            $"v1/recommendations?visitor={visitor}&k={Count}", ct);
        // A shop that is busy shows its page without them.
        if (response is not { StatusCode: HttpStatusCode.OK }) return;
        var answer = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(ct),
            CommandJson.Default.SuggestionsAnswer);
        if (answer is not { Id: { } id, Products.Length: > 0 }) return;
        var skus = Array.ConvertAll(answer.Products, product => new Sku(product.ProductId));
        await sender.SendAsync(
            [Make(view, EventName.ViewItemList, id, "shown", skus)], ct);
        for (var place = 0; place < skus.Length; place++)
        {
            if (Chance(view, skus[place].Value) < ChanceOf(view, skus[place], place))
                await ClickAsync(view, id, skus[place], sender, ct);
        }
    }

    private async Task ClickAsync(
        CommerceEvent view, string id, Sku sku, EventSender sender, CancellationToken ct)
    {
        await sender.SendAsync(
        [
            Make(view, EventName.SelectItem, id, $"select-{sku}", [sku]),
            Make(view, EventName.ViewItem, id, $"view-{sku}", [sku]),
        ], ct);
        if (Chance(view, $"cart-{sku}") >= CartChance) return;
        var shopper = new ShopperIdentity(
            view.Visitor, view.Customer, view.Session, view.Region!, view.Channel!);
        await shoppers.ActAsync(new ShopperAction.AddToCart(
            Interlocked.Decrement(ref _carts), view.Time, shopper, new EventLine(sku, 1)),
            sender, ct);
    }

    private double ChanceOf(CommerceEvent view, Sku sku, int place)
    {
        var isAlike = _products.TryGetValue(sku, out var product)
            && _products.TryGetValue(view.Lines[0].Sku, out var seen)
            && product.Category == seen.Category;
        return (isAlike ? SameCategoryChance : OtherChance) * Math.Pow(PlaceFactor, place);
    }

    private CommerceEvent Make(
        CommerceEvent view, EventName name, string id, string suffix, Sku[] skus) => view with
        {
            Id = new EventId($"{view.Id}-{suffix}"),
            Name = name,
            Time = time.GetUtcNow(),
            Lines = Array.ConvertAll(skus, sku => new EventLine(sku, 1)),
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [RecommendationMetricsProjection.ListId] = id,
            },
        };

    /// <summary>0 to 1, the same for the same view and purpose.</summary>
    private static double Chance(CommerceEvent view, string purpose) =>
        (StableHash.Of($"{view.Id}/{purpose}") >> 11) * (1.0 / (1UL << 53));
}
