using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>What a request comes to.</summary>
/// <param name="Quote">What it costs.</param>
/// <param name="Bundles">What its bundles are made of; null where it has none.</param>
public sealed record PricedRequest(Quote Quote, IReadOnlyList<Bundle>? Bundles);

/// <summary>Prices what buyers ask for, from catalogue and price book. Any thread.</summary>
/// <param name="products">What there is.</param>
/// <param name="carts">What visitors mean to buy.</param>
/// <param name="coupons">How often coupons were used.</param>
/// <param name="book">The price book that is in force.</param>
/// <param name="time">The shop's clock.</param>
public sealed class QuoteDesk(
    IProductStore products,
    ICartStore carts,
    ICouponStore coupons,
    Func<PriceBook> book,
    TimeProvider time)
{
    /// <summary>What the request would cost now, or why it cannot be bought.</summary>
    public async ValueTask<Answer<Quote>> QuoteAsync(CheckoutRequest request, CancellationToken ct)
        => (await PriceAsync(request, ct)).Is(out var priced, out var refusal)
            ? priced.Quote
            : refusal;

    /// <summary>The same, with what its bundles are made of at that moment.</summary>
    public async ValueTask<Answer<PricedRequest>> PriceAsync(
        CheckoutRequest request, CancellationToken ct)
    {
        var cart = request.Cart is { } id ? await carts.GetAsync(id, ct) : null;
        if (!CheckoutRules.LinesOf(request, cart).Is(out var lines, out var refusal))
            return refusal;
        var skus = new Sku[lines.Length];
        for (var i = 0; i < skus.Length; i++) skus[i] = lines[i].Sku;
        var offers = await products.GetOffersAsync(skus, ct);
        if (CheckoutRules.CheckOffers(request, lines, offers) is { } no) return no;
        var current = book();
        var uses = await coupons.CountAsync(
            CouponRules.LimitedPromotions(request.Coupons, current), request.Customer, ct);
        var answer = QuoteRules.Calculate(
            new()
            {
                Currency = request.Currency,
                Lines = Priced(lines, offers),
                CouponCodes = request.Coupons,
                Destination = request.ShipTo,
                ShippingMethod = request.ShippingMethod,
                Customer = request.Customer,
            },
            current, uses, time.GetUtcNow());
        if (!answer.Is(out var quote, out var refused)) return refused;
        return request.ExpectedTotal is { } expected && expected != quote.Total.Amount
            ? new Refusal(RefusalCode.PriceChanged, $"The total is {quote.Total}, not " +
                $"{expected}; show it to the buyer and ask again.")
            : new PricedRequest(quote, BundleRules.Among(offers));
    }

    private static PricedLine[] Priced(CartLine[] lines, IReadOnlyList<Offer?> offers)
    {
        var priced = new PricedLine[lines.Length];
        for (var i = 0; i < priced.Length; i++)
        {
            var offer = offers[i]!;
            priced[i] = new(
                offer.Sku, offer.Title, offer.Categories, lines[i].Quantity, offer.Price);
        }
        return priced;
    }
}
