using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>What a quote is asked for.</summary>
public sealed record QuoteInput
{
    /// <summary>What the buyer pays in, and every line is priced in.</summary>
    public required Currency Currency { get; init; }

    /// <summary>What is bought, at least one line.</summary>
    public required IReadOnlyList<PricedLine> Lines { get; init; }

    /// <summary>Codes as the buyer typed them; one that is given twice counts once.</summary>
    public IReadOnlyList<string> CouponCodes { get; init; } = [];

    /// <summary>Where it is sent to; null for <see cref="PriceBook.DefaultDestination"/>.</summary>
    public Destination? Destination { get; init; }

    /// <summary>How it is sent; null for the first method of the book that goes there.</summary>
    public string? ShippingMethod { get; init; }

    /// <summary>Who buys, for limits a customer; null where nobody has signed in.</summary>
    public CustomerId? Customer { get; init; }
}

/// <summary>A line to price.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Title">What the order calls it.</param>
/// <param name="Categories">Where promotions and tax rates find it.</param>
/// <param name="Quantity">Units, at least 1.</param>
/// <param name="UnitPrice">Of one unit, not negative.</param>
public readonly record struct PricedLine(
    Sku Sku, string Title, IReadOnlyList<string> Categories, int Quantity, Money UnitPrice);

/// <summary>Where an order is sent to.</summary>
/// <param name="Country">ISO 3166-1 alpha-2, as <c>US</c>.</param>
/// <param name="Region">The part of ISO 3166-2 behind the country, as <c>CA</c>.</param>
/// <param name="PostalCode">As the country writes it.</param>
public sealed record Destination(string Country, string? Region = null, string? PostalCode = null);
