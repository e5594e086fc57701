using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>Prices what buyers ask for, from catalogue and price book. Any thread.</summary>
public sealed class QuoteDesk(IProductStore products, ICartStore carts)
{
    /// <summary>What the request would cost now, or why it cannot be bought.</summary>
    public async ValueTask<Answer<Quote>> QuoteAsync(CheckoutRequest request, CancellationToken ct)
    {
        var cart = request.Cart is { } id ? await carts.GetAsync(id, ct) : null;
        if (!CheckoutRules.LinesOf(request, cart).Is(out var lines, out var refusal))
            return refusal;
        var offers = await products.GetOffersAsync([.. lines.Select(line => line.Sku)], ct);
        if (CheckoutRules.CheckOffers(request, lines, offers) is { } no) return no;
        var quoted = new QuoteLine[lines.Length];
        var total = Money.Zero(request.Currency);
        for (var i = 0; i < lines.Length; i++)
        {
            var offer = offers[i]!;
            var sum = (offer.Price * lines[i].Quantity).Round();
            quoted[i] = new(lines[i].Sku, offer.Title, lines[i].Quantity, offer.Price, sum,
                Money.Zero(request.Currency), Money.Zero(request.Currency), sum);
            total += sum;
        }
        if (request.ExpectedTotal is { } expected && expected != total.Amount)
        {
            return new Refusal(RefusalCode.PriceChanged,
                $"The total is {total}, not {expected}; show it to the buyer and ask again.");
        }
        var zero = Money.Zero(request.Currency);
        return new Quote
        {
            Currency = request.Currency,
            Lines = quoted,
            Subtotal = total,
            DiscountTotal = zero,
            ShippingTotal = zero,
            TaxTotal = zero,
            Total = total,
        };
    }
}
