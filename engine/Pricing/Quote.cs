using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// What an order costs and why: a snapshot that the order keeps, whatever becomes of prices and
/// promotions. Every amount is in <see cref="Currency"/> and rounded to its minor unit, none is
/// negative, and the parts add up exactly:
/// <list type="bullet">
/// <item>each sum is the sum of its lines' (and of shipping's, where it says so);</item>
/// <item>the promotions' amounts are <see cref="DiscountTotal"/> and shipping's discount;</item>
/// <item><see cref="Total"/> = <see cref="Subtotal"/> − <see cref="DiscountTotal"/>
/// + shipping's amount − its discount + <see cref="TaxTotal"/> where prices do not include it.
/// </item>
/// </list>
/// </summary>
[JsonConverter(typeof(QuoteConverter))]
public sealed record Quote
{
    public required Currency Currency { get; init; }

    public required IReadOnlyList<QuoteLine> Lines { get; init; }

    /// <summary>The promotions that lowered the price, each once, in the order of their work.
    /// </summary>
    public IReadOnlyList<AppliedPromotion> Promotions { get; init; } = [];

    /// <summary>Valid coupons that would not have lowered the price further.</summary>
    public IReadOnlyList<string> UnusedCoupons { get; init; } = [];

    /// <summary>Null where the book has no shipping methods: then shipping is free.</summary>
    public QuotedShipping? Shipping { get; init; }

    /// <summary>Whether the prices include the tax, so that it is not added to them.</summary>
    public bool TaxIncluded { get; init; }

    /// <summary>The lines before discounts.</summary>
    public required Money Subtotal { get; init; }

    /// <summary>What promotions take off the lines; shipping's discount is not in it.</summary>
    public required Money DiscountTotal { get; init; }

    /// <summary>What the buyer pays for shipping.</summary>
    public required Money ShippingTotal { get; init; }

    /// <summary>The tax on lines and shipping, included or not.</summary>
    public required Money TaxTotal { get; init; }

    /// <summary>What the buyer pays.</summary>
    public required Money Total { get; init; }

    /// <summary><see cref="PriceBook.Version"/> of the book that it was made from.</summary>
    public long PriceBookVersion { get; init; }
}

/// <summary>A line of a quote.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Title">Its title at that moment.</param>
/// <param name="Quantity">Units.</param>
/// <param name="UnitPrice">Of one unit; may have more digits than the currency.</param>
/// <param name="Subtotal">Units × unit price, rounded.</param>
/// <param name="Discount">What promotions take off, at most the subtotal.</param>
/// <param name="Tax">The tax on what is left, included in it or not.</param>
/// <param name="Total">What the buyer pays for the line, with its tax.</param>
public sealed record QuoteLine(
    Sku Sku, string Title, int Quantity, Money UnitPrice, Money Subtotal, Money Discount,
    Money Tax, Money Total);

/// <summary>A promotion that lowered the price.</summary>
/// <param name="Id"><see cref="Promotion.Id"/>.</param>
/// <param name="Coupon">The code that it needed; null where it needed none.</param>
/// <param name="Amount">What it took off lines and shipping, above zero.</param>
/// <param name="TotalUses"><see cref="Promotion.TotalUses"/> at that moment.</param>
/// <param name="UsesPerCustomer"><see cref="Promotion.UsesPerCustomer"/> at that moment.</param>
public sealed record AppliedPromotion(
    string Id, string? Coupon, Money Amount, long? TotalUses = null, long? UsesPerCustomer = null);

/// <summary>How an order is sent, and what for.</summary>
/// <param name="Method"><see cref="ShippingMethod.Id"/>.</param>
/// <param name="Amount">By the table.</param>
/// <param name="Discount">What promotions take off, at most the amount.</param>
/// <param name="Tax">The tax on what is left, included in it or not.</param>
/// <param name="Total">What the buyer pays for it, with its tax.</param>
public sealed record QuotedShipping(
    string Method, Money Amount, Money Discount, Money Tax, Money Total);
