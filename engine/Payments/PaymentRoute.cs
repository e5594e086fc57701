using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>An authorization that needs a gateway.</summary>
/// <param name="Order">The order; it also draws among gateways, the same way every time.</param>
/// <param name="Amount">What is to be held.</param>
public sealed record PaymentRouteRequest(OrderId Order, Money Amount)
{
    /// <summary>The buyer's country: two letters of ISO 3166-1.</summary>
    public string? Country { get; init; }

    /// <summary>The card's brand in lower case.</summary>
    public string? Brand { get; init; }

    /// <summary>Gateways that have said no to this order; they are not asked again.</summary>
    public IReadOnlyCollection<string> Tried { get; init; } = [];

    /// <summary>Authorizations that were attempted for this order, on any gateway.</summary>
    public int Attempts { get; init; }

    /// <summary>When the first one was; null where there was none.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}
