namespace StreamCommerce.Engine.Pricing;

/// <summary>The rules of tax. Pure.</summary>
internal static class TaxRules
{
    /// <summary>The tax of a destination: its region's, or else its country's.</summary>
    public static TaxArea? Find(IReadOnlyList<TaxArea> taxes, Destination to)
    {
        TaxArea? country = null;
        for (var i = 0; i < taxes.Count; i++)
        {
            if (!Areas.Matches(taxes[i].Area, to)) continue;
            if (taxes[i].Area.Length > 2) return taxes[i];
            country = taxes[i];
        }
        return country;
    }

    /// <summary>Percent for a product of these categories.</summary>
    public static decimal RateOf(TaxArea area, IReadOnlyList<string> categories)
    {
        if (area.Categories is not { Count: > 0 } rates) return area.Rate;
        decimal? lowest = null;
        for (var i = 0; i < categories.Count; i++)
        {
            if (rates.TryGetValue(categories[i], out var rate) && !(rate >= lowest))
                lowest = rate;
        }
        return lowest ?? area.Rate;
    }

    /// <summary>
    /// The tax on a price, in minor units, halves to even: added to it, or how much of it is tax.
    /// </summary>
    public static long TaxOf(long price, decimal percent, bool included) =>
        decimal.ToInt64(decimal.Round(
            price * percent / (included ? 100m + percent : 100m), MidpointRounding.ToEven));
}
