namespace StreamCommerce.Engine.Pricing;

/// <summary>The rules of prices. Pure: the same input gives the same quote, digit by digit.</summary>
public static class QuoteRules
{
    /// <summary>
    /// What a quote may come to before discounts: above it, an overflow or a typing error. In
    /// minor units of any currency it stays inside 64 bits.
    /// </summary>
    public const decimal AmountLimit = 1_000_000_000_000_000m;

    /// <summary>Coupons of an order: every choice among them is tried, which are 32.</summary>
    public const int CouponCountLimit = 5;

    /// <summary>Prices the lines, or says why not.</summary>
    /// <param name="input">What is bought.</param>
    /// <param name="book">A valid book.</param>
    /// <param name="couponUses">
    /// The uses of <see cref="CouponRules.LimitedPromotions"/>; one that is missing has none.
    /// </param>
    /// <param name="now">The shop's clock.</param>
    public static Answer<Quote> Calculate(
        QuoteInput input, PriceBook book, IReadOnlyList<CouponCount> couponUses, DateTimeOffset now)
    {
        throw new NotImplementedException();
    }
}
