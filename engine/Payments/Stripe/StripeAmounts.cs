using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments.Stripe;

/// <summary>
/// Amounts as Stripe counts them: minor units as in ISO 4217, but for a few currencies. Currencies
/// of three digits are charged in tens of the minor unit.
/// </summary>
internal static class StripeAmounts
{
    /// <summary>False where Stripe has no such amount.</summary>
    public static bool TryFrom(Money amount, out long units) =>
        MinorUnits.TryFrom(amount.Amount, DigitsOf(amount.Currency), out units)
        && units > 0
        && (amount.Currency.MinorDigits < 3 || units % 10 == 0)
        // Two digits on paper, whole units in fact.
        && (amount.Currency.Code is not ("ISK" or "UGX") || units % 100 == 0);

    /// <summary>The amount of so many units; the currency in Stripe's lower case.</summary>
    public static Money ToMoney(long units, string currency)
    {
        var known = Currency.Of(currency.ToUpperInvariant());
        return new(MinorUnits.ToDecimal(units, DigitsOf(known)), known);
    }

    private static int DigitsOf(Currency currency) => currency.Code switch
    {
        "MGA" => 0,
        "ISK" or "UGX" => 2,
        _ => currency.MinorDigits,
    };
}
