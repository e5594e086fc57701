using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>Amounts as whole numbers of the currency's minor unit: 12.34 EUR is 1234.</summary>
internal static class MinorUnits
{
    /// <summary>False where the amount is not a whole number, or too large for one.</summary>
    public static bool TryFrom(Money amount, out long minor) =>
        TryFrom(amount.Amount, amount.Currency.MinorDigits, out minor);

    /// <summary>The same with another number of digits than ISO 4217's.</summary>
    public static bool TryFrom(decimal amount, int digits, out long minor)
    {
        minor = 0;
        if (Math.Abs(amount) > 1_000_000_000_000m) return false;
        var scaled = amount * Factor(digits);
        if (scaled != decimal.Truncate(scaled)) return false;
        minor = (long)scaled;
        return true;
    }

    /// <summary>The amount of so many minor units.</summary>
    public static decimal ToDecimal(long minor, Currency currency) =>
        ToDecimal(minor, currency.MinorDigits);

    /// <summary>The amount of so many units of so many digits.</summary>
    public static decimal ToDecimal(long minor, int digits) =>
        new decimal(minor) / Factor(digits);

    private static decimal Factor(int digits) => digits switch
    {
        0 => 1m,
        1 => 10m,
        2 => 100m,
        3 => 1_000m,
        _ => throw new ArgumentOutOfRangeException(nameof(digits)),
    };
}
