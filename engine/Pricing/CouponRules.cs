namespace StreamCommerce.Engine.Pricing;

/// <summary>How often a promotion was used.</summary>
/// <param name="Promotion"><see cref="Pricing.Promotion.Id"/>.</param>
/// <param name="Uses">Orders that use it.</param>
/// <param name="CustomerUses">Those of the customer who asks; 0 where nobody has signed in.
/// </param>
public readonly record struct CouponCount(string Promotion, long Uses, long CustomerUses);

/// <summary>The rules of coupons' limits. Pure.</summary>
public static class CouponRules
{
    /// <summary>
    /// The promotions whose uses a quote with these codes depends on; empty without codes, so
    /// that orders without coupons read nothing.
    /// </summary>
    public static IReadOnlyList<string> LimitedPromotions(
        IReadOnlyList<string> couponCodes, PriceBook book)
    {
        if (couponCodes.Count == 0 || book.Promotions.Count == 0) return [];
        var limited = new List<string>();
        foreach (var promotion in book.Promotions)
        {
            if (promotion is { Coupon: null } or { TotalUses: null, UsesPerCustomer: null })
                continue;
            foreach (var code in couponCodes)
            {
                if (!IsSame(code, promotion.Coupon)) continue;
                limited.Add(promotion.Id);
                break;
            }
        }
        return limited;
    }

    /// <summary>Why one more order must not use it; null where it may.</summary>
    /// <param name="applied">The promotion with its limits, as it was quoted.</param>
    /// <param name="count">Its uses by other orders, now.</param>
    public static Refusal? CheckLimits(AppliedPromotion applied, CouponCount count)
    {
        if (count.Uses >= applied.TotalUses)
            return new(RefusalCode.CouponUsedUp, $"Coupon '{applied.Coupon}' is used up.");
        return count.CustomerUses >= applied.UsesPerCustomer
            ? new(RefusalCode.CouponUsedUp, $"Coupon '{applied.Coupon}' can be used " +
                $"{applied.UsesPerCustomer} times by a customer, and was.")
            : null;
    }

    /// <summary>Whether a typed code is the book's: the case and outer spaces do not matter.
    /// </summary>
    internal static bool IsSame(string typed, string? code) => code is not null
        && typed.AsSpan().Trim().Equals(code, StringComparison.OrdinalIgnoreCase);
}
