using System.Globalization;
using System.Text.Json.Serialization;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// An exact amount in one currency. Arithmetic between two currencies is a bug and throws
/// <see cref="InvalidOperationException"/>.
/// </summary>
public readonly record struct Money(
    [property: JsonRequired] decimal Amount, [property: JsonRequired] Currency Currency)
{
    public static Money operator +(Money left, Money right) =>
        new(left.Amount + right.Amount, Same(left, right));

    public static Money operator -(Money left, Money right) =>
        new(left.Amount - right.Amount, Same(left, right));

    public static Money operator *(Money price, int units) =>
        new(price.Amount * units, price.Currency);

    public static Money Zero(Currency currency) => new(0m, currency);

    /// <summary>
    /// Rounds to the currency's minor unit, halves to even (ISO 80000-1's rule B).
    /// </summary>
    public Money Round() =>
        new(decimal.Round(Amount, Currency.MinorDigits, MidpointRounding.ToEven), Currency);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Amount} {Currency}");

    private static Currency Same(Money left, Money right) => left.Currency == right.Currency
        ? left.Currency
        : throw new InvalidOperationException(
            $"{left.Currency} and {right.Currency} do not add up.");
}
