using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>Which orders to list.</summary>
/// <param name="Limit">How many at most.</param>
public sealed record OrderQuery(int Limit)
{
    /// <summary>Orders of one answer at most.</summary>
    public const int LimitMaximum = 500;

    /// <summary>Only this customer's.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>Only those in this state; then also what was never placed.</summary>
    public OrderState? State { get; init; }

    /// <summary>Only those begun before this one.</summary>
    public OrderId? Before { get; init; }

    /// <summary>Whether to list what was never placed, too.</summary>
    public bool Attempts { get; init; }
}

/// <summary>The orders of the shop, which <see cref="ICheckoutStore"/> keeps.</summary>
/// <remarks>Reads see every order that was acknowledged before they began.</remarks>
public interface IOrderStore
{
    /// <summary>The order, or null where there is none.</summary>
    ValueTask<Order?> GetAsync(OrderId id, CancellationToken ct);

    /// <summary>Orders, newest first, of one moment.</summary>
    ValueTask<IReadOnlyList<Order>> ListNewestAsync(OrderQuery query, CancellationToken ct);
}
