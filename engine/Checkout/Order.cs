using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Checkout;

/// <summary>Where an order is.</summary>
/// <remarks>The numbers are stored: never change one, add at the end.</remarks>
public enum OrderState : byte
{
    /// <summary>Bought: its stock is committed.</summary>
    Placed = 1,
}

/// <summary>A product of an order, priced as it was at that moment.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Title">Its title then.</param>
/// <param name="Quantity">Units, from 1.</param>
/// <param name="UnitPrice">Price of one unit then.</param>
/// <param name="Total">Price of the line, rounded to the currency's minor unit.</param>
public sealed record OrderLine(
    Sku Sku, string Title, int Quantity, Money UnitPrice, Money Total);

/// <summary>What was bought. Its total is the sum of its lines' totals, exactly.</summary>
public sealed record Order
{
    public required OrderId Id { get; init; }

    public required OrderState State { get; init; }

    public required VisitorId Visitor { get; init; }

    public CustomerId? Customer { get; init; }

    public SessionId? Session { get; init; }

    /// <summary>The market: a country or a sales region.</summary>
    public string? Region { get; init; }

    public string? Channel { get; init; }

    /// <summary>The reservation that its stock was committed from.</summary>
    public required ReservationId Reservation { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    public required Money Total { get; init; }

    /// <summary>By the store's clock.</summary>
    public required DateTimeOffset PlacedAt { get; init; }
}

/// <summary>The orders of the shop, which <see cref="ICheckoutStore"/> places.</summary>
/// <remarks>Reads see every order that was acknowledged before they began.</remarks>
public interface IOrderStore
{
    /// <summary>The order, or null where there is none.</summary>
    ValueTask<Order?> GetAsync(OrderId id, CancellationToken ct);

    /// <summary>The last orders, newest first.</summary>
    ValueTask<IReadOnlyList<Order>> ListNewestAsync(int limit, CancellationToken ct);
}
