namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// So many units at the full price make so many others cheaper: whole groups only, and the
/// cheapest units first. Where what is given is what is bought, a group is both together: of "buy
/// two, get one", three units make one free. Pure.
/// </summary>
internal static class BuyXGetY
{
    /// <summary>Takes off the given units, and says how much, in minor units.</summary>
    public static long Apply(Promotion promotion, Basket basket, Deal deal)
    {
        var (buy, get) = ((long)(promotion.Buy ?? 1), (long)(promotion.Get ?? 1));
        var same = promotion.GetSkus.Count == 0 && promotion.GetCategories.Count == 0;
        var given = new List<int>();
        var bought = 0L;
        for (var i = 0; i < basket.Lines.Count; i++)
        {
            var line = basket.Lines[i];
            var isBought = PromotionRules.IsBought(promotion, line);
            if (isBought) bought += line.Quantity;
            // A product that is both counts as bought: no unit pays for itself.
            if (same ? isBought : !isBought && PromotionRules.Holds(
                promotion.GetSkus, promotion.GetCategories, line))
            {
                given.Add(i);
            }
        }
        var groups = bought / (same ? buy + get : buy);
        if (promotion.Repeats is { } limit) groups = Math.Min(groups, limit);
        given.Sort((a, b) => basket.Lines[a].UnitPrice.Amount
            .CompareTo(basket.Lines[b].UnitPrice.Amount) is var order and not 0
            ? order : a.CompareTo(b));
        return Give(given, groups * get, promotion.Percent ?? 100m, basket, deal);
    }

    private static long Give(
        List<int> given, long units, decimal percent, Basket basket, Deal deal)
    {
        var sum = 0L;
        foreach (var i in given)
        {
            var line = basket.Lines[i];
            var here = Math.Min(units, line.Quantity);
            if (here == 0) break;
            units -= here;
            var off = Math.Min(
                basket.RoundToMinor(line.UnitPrice.Amount * here * percent / 100m),
                basket.Subtotals[i] - deal.Discounts[i]);
            deal.Discounts[i] += off;
            sum += off;
        }
        return sum;
    }
}
