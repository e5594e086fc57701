namespace StreamCommerce.Engine.Pricing;

/// <summary>The rules of shipping. Pure.</summary>
internal static class ShippingRules
{
    /// <summary>
    /// The method that was asked for, or the first that goes there; with its amount.
    /// </summary>
    public static (ShippingMethod? Method, decimal Amount, Refusal? Refusal) Choose(
        QuoteInput input, PriceBook book, Destination? to, decimal subtotal)
    {
        if (book.Shipping.Count == 0 && input.ShippingMethod is null) return default;
        if (to is not null)
        {
            for (var i = 0; i < book.Shipping.Count; i++)
            {
                var method = book.Shipping[i];
                if (input.ShippingMethod is { } wanted && method.Id != wanted) continue;
                if (!Areas.MatchAny(method.Areas, to)) continue;
                if (AmountOf(method, input, subtotal) is { } amount) return (method, amount, null);
            }
        }
        var what = input.ShippingMethod is { } id ? $"'{id}' does not send" : "Nothing is sent";
        var where = to is null ? "" : to.Region is { Length: > 0 } region
            ? $" to {to.Country}-{region}" : $" to {to.Country}";
        return (null, 0, new(RefusalCode.NoShipping,
            $"{what}{where} for an order of this size in {input.Currency}."));
    }

    /// <summary>Null where the method is not offered to such an order.</summary>
    private static decimal? AmountOf(ShippingMethod method, QuoteInput input, decimal subtotal)
    {
        if (method.Currency != input.Currency) return null;
        if (subtotal >= method.FreeFrom) return 0;
        var measured = method.By == ShippingMeasure.Subtotal ? subtotal : UnitsOf(input.Lines);
        decimal? amount = null;
        for (var i = 0; i < method.Steps.Count && method.Steps[i].From <= measured; i++)
            amount = method.Steps[i].Amount;
        return amount;
    }

    private static long UnitsOf(IReadOnlyList<PricedLine> lines)
    {
        var units = 0L;
        for (var i = 0; i < lines.Count; i++) units += lines[i].Quantity;
        return units;
    }
}
