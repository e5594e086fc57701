namespace StreamCommerce.Engine.Fraud;

/// <summary>The signals that a request tells by itself. Pure.</summary>
internal static class RequestSignals
{
    /// <summary>Writes those that are known.</summary>
    /// <param name="request">The request.</param>
    /// <param name="amount">Its amount in the rules' currency, or not a number.</param>
    /// <param name="signals">By index.</param>
    public static void Write(ScreeningRequest request, double amount, Span<double> signals)
    {
        signals[FraudSignals.Amount] = amount;
        signals[FraudSignals.NoRate] = double.IsNaN(amount) ? 1 : 0;
        if (request.Units is { } units) signals[FraudSignals.Units] = units;
        if (request.AccountAge is { } age) signals[FraudSignals.AccountAgeDays] = age.TotalDays;
        signals[FraudSignals.CountryDiffers] =
            Differ(request.BillingCountry, request.ShippingCountry);
        signals[FraudSignals.PostalCodeDiffers] =
            Differ(request.BillingPostalCode, request.ShippingPostalCode);
        signals[FraudSignals.IpCountryDiffers] =
            Differ(request.IpCountry, request.BillingCountry ?? request.ShippingCountry);
    }

    private static double Differ(string? one, string? other) => one is null || other is null
        ? double.NaN
        : string.Equals(one, other, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
}
