using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Engine.Pricing;

/// <summary>A basket and a book that fit together, from a seed.</summary>
internal sealed record RandomPrices(QuoteInput Input, PriceBook Book)
{
    private static readonly string[] Categories = ["tea", "cups", "books"];

    private static readonly string[] Currencies = ["EUR", "JPY", "KWD"];

    public static RandomPrices Of(int seed)
    {
        var random = new Random(seed);
        var currency = Currency.Of(Currencies[random.Next(3)]);
        var book = new PriceBook
        {
            DefaultDestination = new("DE"),
            Promotions = [.. Enumerable.Range(0, random.Next(7))
                .Select(i => Promotion(random, $"p{i}", currency))],
            Taxes = random.Next(3) == 0 ? [] : [Tax(random)],
            Shipping = random.Next(3) == 0 ? [] : [Method(random, currency)],
        };
        var lines = Enumerable.Range(0, random.Next(1, 6))
            .Select(i => Line(random, $"s{i}", currency)).ToArray();
        return new(new QuoteInput
        {
            Currency = currency,
            Lines = lines,
            CouponCodes = [.. book.Promotions.Where(one => one.Coupon is not null)
                .Select(one => one.Coupon!).Distinct().Take(QuoteRules.CouponCountLimit)],
        }, book);
    }

    private static PricedLine Line(Random random, string sku, Currency currency) => new(
        new(sku), "The " + sku, [.. Categories.Where(_ => random.Next(2) == 0)],
        random.Next(1, 6),
        // Small amounts round most; a price may have more digits than its currency.
        new(random.Next(random.Next(2) == 0 ? 50 : 5_000)
            / (currency.MinorDigits == 0 ? 10m : 1_000m), currency));

    private static Promotion Promotion(Random random, string id, Currency currency)
    {
        var kind = (PromotionKind)random.Next(5);
        // What has a coupon fits every basket: a coupon that does not is refused.
        var isCoupon = random.Next(2) == 0;
        string[] categories = isCoupon
            ? [] : [.. Categories.Where(_ => random.Next(3) == 0)];
        var one = new Promotion
        {
            Id = id,
            Kind = kind,
            Categories = categories,
            Coupon = isCoupon ? $"CODE{random.Next(4)}" : null,
            Exclusive = random.Next(4) == 0,
            Priority = random.Next(3),
            Currency = currency,
        };
        var amount = random.Next(1, 300) / Scale(currency);
        var percent = random.Next(1, 1001) / 10m;
        return kind switch
        {
            PromotionKind.Percentage => one with { Percent = percent },
            PromotionKind.AmountOffOrder or PromotionKind.AmountOffUnit =>
                one with { Amount = amount },
            PromotionKind.BuyXGetY => one with
            {
                Buy = random.Next(1, 4),
                Get = random.Next(1, 3),
                Percent = random.Next(2) == 0 ? null : percent,
                GetCategories = random.Next(2) == 0 ? [] : ["cups"],
            },
            _ => one,
        };
    }

    private static TaxArea Tax(Random random) => new()
    {
        Area = "DE",
        Rate = random.Next(0, 3_000) / 100m,
        Categories = new Dictionary<string, decimal> { ["books"] = random.Next(0, 10) },
        Included = random.Next(2) == 0,
        ShippingTaxed = random.Next(2) == 0,
    };

    private static ShippingMethod Method(Random random, Currency currency) => new()
    {
        Id = "post",
        Currency = currency,
        Steps = [new(0, random.Next(0, 900) / Scale(currency)),
            new(5, random.Next(0, 900) / Scale(currency))],
        FreeFrom = random.Next(2) == 0 ? null : 3,
    };

    private static decimal Scale(Currency currency) => currency.MinorDigits switch
    {
        0 => 1m,
        2 => 100m,
        _ => 1_000m,
    };
}
