using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Pricing;

/// <summary>How many orders use a promotion: of everybody, or of one customer.</summary>
internal sealed record CouponCountDocument
{
    /// <summary>The id of the count over all customers.</summary>
    public const string OfAll = "count";

    /// <summary><see cref="OfAll"/>, or <c>customer:</c> and the customer's id, escaped.</summary>
    public required string Id { get; init; }

    /// <summary>The promotion's id: the partition key.</summary>
    public required string Promotion { get; init; }

    public long Uses { get; init; }

    public static string IdOf(CustomerId customer) => "customer:" + DocumentId.Of(customer.Value);
}

/// <summary>That an order uses a promotion.</summary>
internal sealed record CouponUseDocument
{
    /// <summary><c>order:</c> and the order's id, escaped.</summary>
    public required string Id { get; init; }

    /// <summary>The promotion's id: the partition key.</summary>
    public required string Promotion { get; init; }

    /// <summary>Whose count it is in, too; null where nobody had signed in.</summary>
    public string? Customer { get; init; }

    /// <summary>Whether it was given back: the order counts no more, and never again.</summary>
    public bool IsVoid { get; init; }

    public static string IdOf(OrderId order) => "order:" + DocumentId.Of(order.Value);
}
