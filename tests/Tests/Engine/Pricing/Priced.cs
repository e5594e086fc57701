using StreamCommerce.Engine;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pricing;

/// <summary>Short words for tests of prices.</summary>
internal static class Priced
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly Currency Euro = Currency.Of("EUR");

    public static PricedLine Line(
        string sku, int quantity, decimal price, params string[] categories) =>
        new(new(sku), "The " + sku, categories, quantity, new(price, Euro));

    public static QuoteInput Basket(params PricedLine[] lines) => new()
    {
        Currency = lines.Length == 0 ? Euro : lines[0].UnitPrice.Currency,
        Lines = lines,
    };

    public static PriceBook Book(params Promotion[] promotions) => new()
    { Promotions = promotions };

    public static Promotion Percent(string id, decimal percent) => new()
    { Id = id, Kind = PromotionKind.Percentage, Percent = percent };

    public static Promotion Off(string id, decimal amount, Currency? currency = null) => new()
    {
        Id = id,
        Kind = PromotionKind.AmountOffOrder,
        Amount = amount,
        Currency = currency ?? Euro,
    };

    public static ShippingMethod Post(decimal amount, string id = "post") => new()
    { Id = id, Currency = Euro, Steps = [new(0, amount)] };

    public static Quote Quote(
        this PriceBook book, QuoteInput input, params CouponCount[] uses)
    {
        Assert.Null(PriceBookRules.Check(book));
        var answer = QuoteRules.Calculate(input, book, uses, Now);
        Assert.Null(answer.Refusal);
        CheckSums(answer.Value!);
        return answer.Value!;
    }

    public static Refusal Refuse(
        this PriceBook book, QuoteInput input, params CouponCount[] uses)
    {
        Assert.Null(PriceBookRules.Check(book));
        return QuoteRules.Calculate(input, book, uses, Now).Refusal!;
    }

    /// <summary>Everything that a quote promises of itself.</summary>
    public static void CheckSums(Quote quote)
    {
        var zero = Money.Zero(quote.Currency);
        foreach (var line in quote.Lines)
        {
            Check(line.Subtotal, line.Discount, line.Tax, line.Total);
            Assert.Equal((line.UnitPrice * line.Quantity).Round(), line.Subtotal);
            Assert.True(line.Discount.Amount <= line.Subtotal.Amount);
            Assert.Equal(line.Subtotal - line.Discount + Added(line.Tax), line.Total);
        }
        var shippingDiscount = quote.Shipping?.Discount ?? zero;
        if (quote.Shipping is { } by)
        {
            Check(by.Amount, by.Discount, by.Tax, by.Total);
            Assert.Equal(by.Amount - by.Discount + Added(by.Tax), by.Total);
        }
        Check(quote.Subtotal, quote.DiscountTotal, quote.ShippingTotal, quote.TaxTotal,
            quote.Total);
        Assert.Equal(Sum(quote.Lines.Select(line => line.Subtotal)), quote.Subtotal);
        Assert.Equal(Sum(quote.Lines.Select(line => line.Discount)), quote.DiscountTotal);
        Assert.Equal(quote.Shipping?.Total ?? zero, quote.ShippingTotal);
        Assert.Equal(
            Sum(quote.Lines.Select(line => line.Tax)) + (quote.Shipping?.Tax ?? zero),
            quote.TaxTotal);
        Assert.Equal(
            Sum(quote.Lines.Select(line => line.Total)) + quote.ShippingTotal, quote.Total);
        Assert.Equal(quote.Subtotal - quote.DiscountTotal + (quote.Shipping?.Amount ?? zero)
            - shippingDiscount + Added(quote.TaxTotal), quote.Total);
        Assert.Equal(Sum(quote.Promotions.Select(one => one.Amount)),
            quote.DiscountTotal + shippingDiscount);
        Assert.All(quote.Promotions, one => Assert.True(one.Amount.Amount > 0));
        Assert.Equal(quote.Promotions.Count, quote.Promotions.Select(p => p.Id).Distinct().Count());

        Money Added(Money tax) => quote.TaxIncluded ? zero : tax;
        Money Sum(IEnumerable<Money> parts) => parts.Aggregate(zero, (sum, part) => sum + part);
        void Check(params Money[] amounts) => Assert.All(amounts, amount =>
        {
            Assert.Equal(quote.Currency, amount.Currency);
            Assert.Equal(amount.Round(), amount);
            Assert.True(amount.Amount >= 0);
        });
    }
}
