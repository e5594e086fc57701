using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Carts;

/// <summary>A change of a cart that a visitor asks for.</summary>
public abstract record CartCommand
{
    /// <summary>
    /// Its id, 1 to <see cref="CartRules.IdLengthLimit"/> characters: the same id in the same
    /// cart has one effect.
    /// </summary>
    public required OperationId Operation { get; init; }

    public required CartId Cart { get; init; }

    /// <summary>Who asks. A cart that does not exist yet becomes theirs.</summary>
    public required VisitorId Visitor { get; init; }

    /// <summary>The version that the visitor has seen; null: whatever is there.</summary>
    public long? IfMatch { get; init; }

    public CustomerId? Customer { get; init; }

    public SessionId? Session { get; init; }

    /// <summary>The market, for the event.</summary>
    public string? Region { get; init; }

    /// <summary>The sales channel, for the event.</summary>
    public string? Channel { get; init; }
}

/// <summary>Puts further units into the cart.</summary>
/// <param name="Sku">A product of the catalogue; the caller has made sure of it.</param>
/// <param name="Quantity">Units, from 1.</param>
/// <param name="UnitPrice">Its price, for the event.</param>
public sealed record AddToCart(Sku Sku, int Quantity, Money? UnitPrice = null) : CartCommand;

/// <summary>Makes it so many units, whatever there were; 0 takes the product out.</summary>
/// <param name="Sku">A product of the catalogue; the caller has made sure of it.</param>
/// <param name="Quantity">Units, from 0.</param>
/// <param name="UnitPrice">Its price, for the event.</param>
public sealed record SetQuantity(Sku Sku, int Quantity, Money? UnitPrice = null) : CartCommand;

/// <summary>Takes a product out; one that is not in the cart is no error.</summary>
public sealed record RemoveFromCart(Sku Sku) : CartCommand;

/// <summary>Takes everything out.</summary>
public sealed record ClearCart : CartCommand;
