namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// Which promotions work together: all that combine, or one exclusive alone, whatever costs the
/// buyer least. Coupons are tried in every choice of them, none included, so that a buyer never
/// pays more for having given one. Pure.
/// </summary>
internal static class PromotionChoice
{
    /// <summary>
    /// The deal with the lowest total; of those the one with the fewest coupons, which may be
    /// needed for another order; of those the first that was tried.
    /// </summary>
    public static Deal Choose(
        Basket basket, PriceBook book, IReadOnlyList<ValidCoupon> coupons, DateTimeOffset now)
    {
        var (together, alone) = (new List<Promotion>(), new List<Promotion>());
        foreach (var promotion in book.Promotions)
        {
            if (promotion.Coupon is not null
                || PromotionRules.Fit(promotion, basket, default, now) != PromotionFit.Fits)
            {
                continue;
            }
            (promotion.Exclusive ? alone : together).Add(promotion);
        }
        foreach (var coupon in coupons) alone.AddRange(coupon.Promotions.Where(p => p.Exclusive));
        alone.Sort(PromotionRules.Compare);

        var best = new Candidate(basket, together);
        foreach (var promotion in alone) best = best.OrBetter(new(basket, [promotion]));
        for (var choice = 1; choice < 1 << coupons.Count; choice++)
        {
            var chosen = new List<Promotion>(together);
            foreach (var i in Enumerable.Range(0, coupons.Count).Where(i => (choice >> i & 1) != 0))
                chosen.AddRange(coupons[i].Promotions.Where(p => !p.Exclusive));
            best = best.OrBetter(new(basket, chosen));
        }
        return best.Deal;
    }

    private sealed class Candidate
    {
        private readonly long _total;

        public Candidate(Basket basket, List<Promotion> promotions)
        {
            promotions.Sort(PromotionRules.Compare);
            Deal = new Deal(basket.Subtotals.Length);
            foreach (var promotion in promotions) PromotionRules.Apply(promotion, basket, Deal);
            _total = basket.TotalWith(Deal);
        }

        public Deal Deal { get; }

        public Candidate OrBetter(Candidate other) =>
            (other._total, other.Deal.CouponCount).CompareTo((_total, Deal.CouponCount)) < 0
                ? other : this;
    }
}
