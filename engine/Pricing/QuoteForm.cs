using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>A quote as it is stored, amounts without their currency.</summary>
internal sealed record QuoteForm
{
    [JsonRequired]
    public Currency Currency { get; init; }

    [JsonRequired]
    public LineForm[] Lines { get; init; } = [];

    public PromotionForm[]? Promotions { get; init; }

    public IReadOnlyList<string>? UnusedCoupons { get; init; }

    public ShippingForm? Shipping { get; init; }

    public bool TaxIncluded { get; init; }

    public decimal Subtotal { get; init; }

    public decimal DiscountTotal { get; init; }

    public decimal ShippingTotal { get; init; }

    public decimal TaxTotal { get; init; }

    public decimal Total { get; init; }

    public long PriceBookVersion { get; init; }

    public static QuoteForm Of(Quote quote)
    {
        var lines = new LineForm[quote.Lines.Count];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = quote.Lines[i];
            lines[i] = new(line.Sku, line.Title, line.Quantity, line.UnitPrice.Amount,
                line.Subtotal.Amount, line.Discount.Amount, line.Tax.Amount, line.Total.Amount);
        }
        return new()
        {
            Currency = quote.Currency,
            Lines = lines,
            Promotions = quote.Promotions.Count == 0 ? null : [.. quote.Promotions.Select(one =>
                new PromotionForm(one.Id, one.Coupon, one.Amount.Amount, one.TotalUses,
                    one.UsesPerCustomer))],
            UnusedCoupons = quote.UnusedCoupons.Count == 0 ? null : quote.UnusedCoupons,
            Shipping = quote.Shipping is { } by ? new(by.Method, by.Amount.Amount,
                by.Discount.Amount, by.Tax.Amount, by.Total.Amount) : null,
            TaxIncluded = quote.TaxIncluded,
            Subtotal = quote.Subtotal.Amount,
            DiscountTotal = quote.DiscountTotal.Amount,
            ShippingTotal = quote.ShippingTotal.Amount,
            TaxTotal = quote.TaxTotal.Amount,
            Total = quote.Total.Amount,
            PriceBookVersion = quote.PriceBookVersion,
        };
    }

    public Quote ToQuote()
    {
        return new()
        {
            Currency = Currency,
            Lines = Array.ConvertAll(Lines, line => new QuoteLine(line.Sku, line.Title,
                line.Quantity, In(line.UnitPrice), In(line.Subtotal), In(line.Discount),
                In(line.Tax), In(line.Total))),
            Promotions = Promotions is null ? [] : Array.ConvertAll(Promotions, one =>
                new AppliedPromotion(one.Id, one.Coupon, In(one.Amount), one.TotalUses,
                    one.UsesPerCustomer)),
            UnusedCoupons = UnusedCoupons ?? [],
            Shipping = Shipping is { } by ? new(by.Method, In(by.Amount), In(by.Discount),
                In(by.Tax), In(by.Total)) : null,
            TaxIncluded = TaxIncluded,
            Subtotal = In(Subtotal),
            DiscountTotal = In(DiscountTotal),
            ShippingTotal = In(ShippingTotal),
            TaxTotal = In(TaxTotal),
            Total = In(Total),
            PriceBookVersion = PriceBookVersion,
        };

        Money In(decimal amount) => new(amount, Currency);
    }
}

internal readonly record struct LineForm(
    Sku Sku, string Title, int Quantity, decimal UnitPrice, decimal Subtotal, decimal Discount,
    decimal Tax, decimal Total);

internal sealed record PromotionForm(
    string Id, string? Coupon, decimal Amount, long? TotalUses, long? UsesPerCustomer);

internal sealed record ShippingForm(
    string Method, decimal Amount, decimal Discount, decimal Tax, decimal Total);
