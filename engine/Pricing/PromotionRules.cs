using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>Whether a promotion is for a basket.</summary>
internal enum PromotionFit
{
    Fits,
    NotYet,
    Expired,
    OtherCurrency,
    OtherProducts,
    BelowMinimum,
    NeedsCustomer,
    UsedUp,
}

/// <summary>What a single promotion is for and what it takes off. Pure.</summary>
internal static class PromotionRules
{
    /// <summary>
    /// The order of work: the highest priority first; of the same, what is off single lines, then
    /// off the order, then off shipping; at last by id, so that the book's order does not matter.
    /// </summary>
    public static int Compare(Promotion left, Promotion right)
    {
        var order = right.Priority.CompareTo(left.Priority);
        if (order == 0) order = StageOf(left.Kind).CompareTo(StageOf(right.Kind));
        return order == 0 ? string.CompareOrdinal(left.Id, right.Id) : order;
    }

    /// <summary>Whether it is for the basket. Looks at prices before discounts only.</summary>
    public static PromotionFit Fit(
        Promotion promotion, Basket basket, CouponCount count, DateTimeOffset now)
    {
        if (now < promotion.From) return PromotionFit.NotYet;
        if (now >= promotion.To) return PromotionFit.Expired;
        if (promotion.Currency is { } currency && currency != basket.Input.Currency)
            return PromotionFit.OtherCurrency;
        if (count.Uses >= promotion.TotalUses) return PromotionFit.UsedUp;
        if (promotion.UsesPerCustomer is { } limit)
        {
            if (basket.Input.Customer is null) return PromotionFit.NeedsCustomer;
            if (count.CustomerUses >= limit) return PromotionFit.UsedUp;
        }
        var (any, matching) = (false, 0L);
        for (var i = 0; i < basket.Lines.Count; i++)
        {
            if (!IsBought(promotion, basket.Lines[i])) continue;
            any = true;
            matching += basket.Subtotals[i];
        }
        if (!any) return PromotionFit.OtherProducts;
        return promotion.MinimumSubtotal is { } minimum && basket.ToMoney(matching).Amount < minimum
            ? PromotionFit.BelowMinimum : PromotionFit.Fits;
    }

    /// <summary>Takes off what it takes off, of what those before have left.</summary>
    public static void Apply(Promotion promotion, Basket basket, Deal deal)
    {
        var amount = promotion.Kind switch
        {
            PromotionKind.Percentage => OffAll(promotion, basket, deal, null, promotion.Percent),
            PromotionKind.AmountOffOrder => OffAll(
                promotion, basket, deal, basket.RoundToMinor(promotion.Amount ?? 0), null),
            PromotionKind.AmountOffUnit => OffUnits(promotion, basket, deal),
            PromotionKind.BuyXGetY => BuyXGetY.Apply(promotion, basket, deal),
            PromotionKind.FreeShipping => OffShipping(basket, deal),
            _ => 0,
        };
        // What changes nothing was not used: it is not shown and costs no coupon.
        if (amount > 0) deal.Applied.Add((promotion, amount));
    }

    /// <summary>Whether a line is among those that the promotion is for.</summary>
    public static bool IsBought(Promotion promotion, in PricedLine line) =>
        (promotion.Skus.Count == 0 && promotion.Categories.Count == 0)
        || Holds(promotion.Skus, promotion.Categories, line);

    /// <summary>Whether a list names the line's product or one of its categories.</summary>
    public static bool Holds(
        IReadOnlyList<Sku> skus, IReadOnlyList<string> categories, in PricedLine line)
    {
        for (var i = 0; i < skus.Count; i++)
            if (skus[i] == line.Sku) return true;
        for (var i = 0; i < categories.Count; i++)
        {
            for (var k = 0; k < line.Categories.Count; k++)
                if (line.Categories[k] == categories[i]) return true;
        }
        return false;
    }

    private static int StageOf(PromotionKind kind) => kind switch
    {
        PromotionKind.AmountOffUnit or PromotionKind.BuyXGetY => 0,
        PromotionKind.FreeShipping => 2,
        _ => 1,
    };

    // Rounded once, on the sum; then split over the lines.
    private static long OffAll(
        Promotion promotion, Basket basket, Deal deal, long? amount, decimal? percent)
    {
        var left = new long[basket.Subtotals.Length];
        var sum = 0L;
        for (var i = 0; i < left.Length; i++)
        {
            if (!IsBought(promotion, basket.Lines[i])) continue;
            left[i] = basket.Subtotals[i] - deal.Discounts[i];
            sum += left[i];
        }
        var off = Math.Min(sum, amount ?? decimal.ToInt64(
            decimal.Round(sum * (percent ?? 0) / 100m, MidpointRounding.ToEven)));
        var parts = Apportionment.Split(off, left);
        for (var i = 0; i < parts.Length; i++) deal.Discounts[i] += parts[i];
        return off;
    }

    private static long OffUnits(Promotion promotion, Basket basket, Deal deal)
    {
        var (each, sum) = (promotion.Amount ?? 0, 0L);
        for (var i = 0; i < basket.Subtotals.Length; i++)
        {
            var line = basket.Lines[i];
            if (!IsBought(promotion, line)) continue;
            // Before rounding, no more than the unit costs: the book allows any amount.
            var off = Math.Min(
                basket.RoundToMinor(Math.Min(each, line.UnitPrice.Amount) * line.Quantity),
                basket.Subtotals[i] - deal.Discounts[i]);
            deal.Discounts[i] += off;
            sum += off;
        }
        return sum;
    }

    private static long OffShipping(Basket basket, Deal deal)
    {
        var off = basket.ShippingAmount - deal.ShippingDiscount;
        deal.ShippingDiscount += off;
        return off;
    }
}
