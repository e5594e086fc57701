using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// What is bought, how it is sent and taxed. Amounts are whole minor units of the currency, so
/// that nothing is left to round when they are split and added.
/// </summary>
internal sealed class Basket
{
    private static readonly decimal[] Scales = [1m, 10m, 100m, 1_000m, 10_000m];

    public required QuoteInput Input { get; init; }

    /// <summary>Of each line, before discounts.</summary>
    public required long[] Subtotals { get; init; }

    /// <summary>Of all lines.</summary>
    public required long Subtotal { get; init; }

    /// <summary>Null where shipping is free by the book.</summary>
    public ShippingMethod? Method { get; init; }

    /// <summary>By the method's table.</summary>
    public long ShippingAmount { get; init; }

    /// <summary>Null where there is no tax.</summary>
    public TaxArea? Area { get; init; }

    public IReadOnlyList<PricedLine> Lines => Input.Lines;

    /// <summary>Whole minor units of a rounded amount.</summary>
    public static long ToMinor(decimal amount, Currency currency) =>
        decimal.ToInt64(amount * Scales[currency.MinorDigits]);

    /// <summary>Rounded to whole minor units as <see cref="Money.Round"/> does.</summary>
    public long RoundToMinor(decimal amount) =>
        ToMinor(new Money(amount, Input.Currency).Round().Amount, Input.Currency);

    public Money ToMoney(long minor) => minor == 0
        ? Money.Zero(Input.Currency)
        : new(new decimal((int)minor, (int)(minor >> 32), 0, false,
            (byte)Input.Currency.MinorDigits), Input.Currency);

    /// <summary>The tax on a line that costs so much after discounts.</summary>
    public long TaxOf(int line, long price) => Area is null
        ? 0 : TaxRules.TaxOf(price, TaxRules.RateOf(Area, Lines[line].Categories), Area.Included);

    /// <summary>The tax on shipping that costs so much after discounts.</summary>
    public long ShippingTaxOf(long price) => Area is { ShippingTaxed: true }
        ? TaxRules.TaxOf(price, Area.Rate, Area.Included) : 0;

    /// <summary>What the buyer pays with these discounts.</summary>
    public long TotalWith(Deal deal)
    {
        var shipping = ShippingAmount - deal.ShippingDiscount;
        var total = shipping;
        var tax = ShippingTaxOf(shipping);
        for (var i = 0; i < Subtotals.Length; i++)
        {
            var price = Subtotals[i] - deal.Discounts[i];
            total += price;
            tax += TaxOf(i, price);
        }
        return Area is { Included: false } ? total + tax : total;
    }
}

/// <summary>What promotions take off a basket, in minor units.</summary>
/// <param name="lines">Lines of the basket.</param>
internal sealed class Deal(int lines)
{
    /// <summary>Of each line, at most its subtotal.</summary>
    public long[] Discounts { get; } = new long[lines];

    /// <summary>At most the shipping's amount.</summary>
    public long ShippingDiscount { get; set; }

    /// <summary>What each promotion took off, above zero.</summary>
    public List<(Promotion Promotion, long Amount)> Applied { get; } = [];

    /// <summary>Coupons it uses.</summary>
    public int CouponCount
    {
        get
        {
            var count = 0;
            foreach (var (promotion, _) in Applied)
                if (promotion.Coupon is not null) count++;
            return count;
        }
    }
}
