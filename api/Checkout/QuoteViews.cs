using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Checkout;

/// <summary>A line of a quote.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Its title.</param>
/// <param name="Quantity">Units; the same product is one line.</param>
/// <param name="UnitPrice">Price of one unit; may have more digits than the currency.</param>
/// <param name="Subtotal">Units × unit price, rounded.</param>
/// <param name="Discount">What promotions take off the line; absent where none does.</param>
/// <param name="Tax">Tax of the line, included in its price or not; absent where there is none.
/// </param>
/// <param name="Total">What is paid for the line, with its tax.</param>
public sealed record QuoteLineView(
    string ProductId,
    string Title,
    int Quantity,
    Money UnitPrice,
    Money Subtotal,
    Money? Discount,
    Money? Tax,
    Money Total)
{
    internal static QuoteLineView Of(QuoteLine line) => new(
        line.Sku.Value, line.Title, line.Quantity, line.UnitPrice, line.Subtotal,
        MoneyViews.OrNull(line.Discount), MoneyViews.OrNull(line.Tax), line.Total);
}

/// <summary>A promotion that lowers the price.</summary>
/// <param name="Id">Its id in the price book.</param>
/// <param name="Coupon">The code that it needed; absent where it needed none.</param>
/// <param name="Amount">What it takes off lines and shipping.</param>
public sealed record PromotionView(string Id, string? Coupon, Money Amount)
{
    internal static IReadOnlyList<PromotionView>? Of(Quote quote) => quote.Promotions.Count == 0
        ? null
        : [.. quote.Promotions.Select(one => new PromotionView(one.Id, one.Coupon, one.Amount))];
}

/// <summary>How an order is sent.</summary>
/// <param name="Method">Its id in the price book.</param>
/// <param name="Amount">By the table.</param>
/// <param name="Discount">What promotions take off; absent where none does.</param>
/// <param name="Tax">Tax of it, included or not; absent where there is none.</param>
/// <param name="Total">What is paid for it, with its tax.</param>
public sealed record ShippingView(
    string Method, Money Amount, Money? Discount, Money? Tax, Money Total)
{
    internal static ShippingView? Of(Quote quote) => quote.Shipping is not { } shipping
        ? null
        : new(shipping.Method, shipping.Amount, MoneyViews.OrNull(shipping.Discount),
            MoneyViews.OrNull(shipping.Tax), shipping.Total);
}

/// <summary>How a total is made up.</summary>
/// <param name="Subtotal">The lines before discounts.</param>
/// <param name="DiscountTotal">What promotions take off the lines.</param>
/// <param name="ShippingTotal">What is paid for shipping, with its tax.</param>
/// <param name="TaxTotal">Tax of lines and shipping.</param>
/// <param name="TaxIncluded">Whether the prices include the tax, so that it is not added.</param>
/// <param name="Promotions">Those that lowered the price; absent where none did.</param>
/// <param name="Shipping">How it is sent; absent where the shop has no shipping methods.</param>
public sealed record PriceView(
    Money Subtotal,
    Money DiscountTotal,
    Money ShippingTotal,
    Money TaxTotal,
    bool TaxIncluded,
    IReadOnlyList<PromotionView>? Promotions,
    ShippingView? Shipping)
{
    // Most orders of most shops are the hot path: what would say nothing is left out.
    internal static PriceView? Of(Quote quote) =>
        quote.Promotions.Count == 0 && quote.Shipping is null && quote.TaxTotal.Amount == 0
            ? null
            : new(quote.Subtotal, quote.DiscountTotal, quote.ShippingTotal, quote.TaxTotal,
                quote.TaxIncluded, PromotionView.Of(quote), ShippingView.Of(quote));
}

/// <summary>
/// What a checkout would cost. The parts add up exactly: the total is the lines' totals and the
/// shipping's.
/// </summary>
/// <param name="Lines">What is bought, in the order asked for.</param>
/// <param name="Promotions">Those that lower the price; absent where none does.</param>
/// <param name="UnusedCoupons">Valid codes that would not lower the price further; absent where
/// there are none. They are not used up.</param>
/// <param name="Shipping">How it is sent; absent where the shop has no shipping methods.</param>
/// <param name="Subtotal">The lines before discounts.</param>
/// <param name="DiscountTotal">What promotions take off the lines.</param>
/// <param name="ShippingTotal">What is paid for shipping, with its tax.</param>
/// <param name="TaxTotal">Tax of lines and shipping.</param>
/// <param name="TaxIncluded">Whether the prices include the tax, so that it is not added.</param>
/// <param name="Total">What is paid: give it as expectedTotal.</param>
public sealed record QuoteView(
    IReadOnlyList<QuoteLineView> Lines,
    IReadOnlyList<PromotionView>? Promotions,
    IReadOnlyList<string>? UnusedCoupons,
    ShippingView? Shipping,
    Money Subtotal,
    Money DiscountTotal,
    Money ShippingTotal,
    Money TaxTotal,
    bool TaxIncluded,
    Money Total)
{
    internal static QuoteView Of(Quote quote) => new(
        [.. quote.Lines.Select(QuoteLineView.Of)],
        PromotionView.Of(quote),
        quote.UnusedCoupons.Count == 0 ? null : quote.UnusedCoupons,
        ShippingView.Of(quote),
        quote.Subtotal,
        quote.DiscountTotal,
        quote.ShippingTotal,
        quote.TaxTotal,
        quote.TaxIncluded,
        quote.Total);
}

/// <summary>Amounts as answers show them.</summary>
internal static class MoneyViews
{
    /// <summary>Nothing is left out of the answer.</summary>
    public static Money? OrNull(Money amount) => amount.Amount == 0 ? null : amount;
}
