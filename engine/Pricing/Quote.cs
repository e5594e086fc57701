using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

public sealed record QuoteLine(
    Sku Sku, string Title, int Quantity, Money UnitPrice, Money Subtotal, Money Discount,
    Money Tax, Money Total);

public sealed record Quote
{
    public required IReadOnlyList<QuoteLine> Lines { get; init; }

    public required Money Total { get; init; }
}

public sealed record Destination(string Country, string? Region = null, string? PostalCode = null);

public readonly record struct CouponUse(string Promotion, CustomerId? Customer);
