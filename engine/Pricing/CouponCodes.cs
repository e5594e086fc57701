namespace StreamCommerce.Engine.Pricing;

/// <summary>A code that the buyer gave, with its promotions that are for the basket.</summary>
/// <param name="Code">As the book writes it.</param>
/// <param name="Promotions">At least one.</param>
internal sealed record ValidCoupon(string Code, IReadOnlyList<Promotion> Promotions);

/// <summary>Which of the given codes are valid for a basket. Pure.</summary>
internal static class CouponCodes
{
    /// <summary>Each code once, in the order of their texts; or why one is refused.</summary>
    public static Answer<List<ValidCoupon>> Read(
        Basket basket, PriceBook book, IReadOnlyList<CouponCount> uses, DateTimeOffset now)
    {
        var valid = new List<ValidCoupon>();
        foreach (var typed in basket.Input.CouponCodes)
        {
            if (valid.Exists(one => CouponRules.IsSame(typed, one.Code))) continue;
            if (valid.Count == QuoteRules.CouponCountLimit)
            {
                return new Refusal(RefusalCode.Invalid,
                    $"an order takes at most {QuoteRules.CouponCountLimit} coupons.");
            }
            if (!Find(typed, basket, book, uses, now).Is(out var coupon, out var refusal))
                return refusal;
            valid.Add(coupon);
        }
        // So that the order of typing decides nothing.
        valid.Sort((a, b) => StringComparer.OrdinalIgnoreCase.Compare(a.Code, b.Code));
        return valid;
    }

    private static Answer<ValidCoupon> Find(
        string typed, Basket basket, PriceBook book, IReadOnlyList<CouponCount> uses,
        DateTimeOffset now)
    {
        List<Promotion>? fitting = null;
        (Promotion Promotion, PromotionFit Fit)? best = null;
        foreach (var promotion in book.Promotions)
        {
            if (!CouponRules.IsSame(typed, promotion.Coupon)) continue;
            var fit = PromotionRules.Fit(promotion, basket, CountOf(promotion, uses), now);
            if (fit == PromotionFit.Fits) (fitting ??= []).Add(promotion);
            // The latest check that one of them reached says most to the buyer.
            else if (best is null || fit > best.Value.Fit) best = (promotion, fit);
        }
        if (fitting is not null) return new ValidCoupon(fitting[0].Coupon!, fitting);
        return best is { } reason
            ? Explain(reason.Promotion, reason.Fit)
            : new Refusal(RefusalCode.UnknownCoupon, $"There is no coupon '{Shown(typed)}'.");
    }

    private static CouponCount CountOf(Promotion promotion, IReadOnlyList<CouponCount> uses)
    {
        for (var i = 0; i < uses.Count; i++)
            if (uses[i].Promotion == promotion.Id) return uses[i];
        return new(promotion.Id, 0, 0);
    }

    private static Refusal Explain(Promotion promotion, PromotionFit fit)
    {
        var coupon = $"Coupon '{promotion.Coupon}'";
        return fit switch
        {
            PromotionFit.Expired => new(RefusalCode.CouponExpired, $"{coupon} has expired."),
            PromotionFit.UsedUp => new(RefusalCode.CouponUsedUp, $"{coupon} is used up."),
            PromotionFit.NotYet => No($"is valid from {promotion.From:yyyy-MM-dd HH:mm:ss zzz}."),
            PromotionFit.OtherCurrency => No($"is for orders in {promotion.Currency}."),
            PromotionFit.NeedsCustomer => No("is limited a customer; sign in to use it."),
            PromotionFit.BelowMinimum => No("needs products that it is for of at least " +
                $"{promotion.MinimumSubtotal} {promotion.Currency}."),
            _ => No("is for none of these products."),
        };

        Refusal No(string why) => new(RefusalCode.CouponNotApplicable, $"{coupon} {why}");
    }

    // What is quoted back to its sender has a limit, too.
    private static string Shown(string typed) => typed.Length <= PriceBookRules.CouponLengthLimit
        ? typed : string.Concat(typed.AsSpan(0, PriceBookRules.CouponLengthLimit), "…");
}
