using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Carts;

/// <summary>A cart as one region writes it: that region's replica.</summary>
internal sealed record CartDocument
{
    public const string TypeName = "cart";

    /// <summary><c>cart:</c> and the region, escaped.</summary>
    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    /// <summary>The cart's id, escaped: the partition key.</summary>
    public required string Cart { get; init; }

    public required string CartId { get; init; }

    public required string Visitor { get; init; }

    public IReadOnlyList<CartLine> Lines { get; init; } = [];

    public long Version { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public Cart ToCart() => new(new(CartId), new(Visitor), Lines, Version, UpdatedAt);

    public static string PartitionOf(CartId cart) => DocumentId.Of(cart.Value);

    public static string IdOf(string region) => $"{TypeName}:{DocumentId.Of(region)}";

    public static CartDocument Of(Cart cart, string replica) => new()
    {
        Id = replica,
        Cart = PartitionOf(cart.Id),
        CartId = cart.Id.Value,
        Visitor = cart.Visitor.Value,
        Lines = cart.Lines,
        Version = cart.Version,
        UpdatedAt = cart.UpdatedAt,
    };
}

/// <summary>That a cart was changed by an operation, or by an order that bought from it.</summary>
internal sealed record CartMarkDocument
{
    public const string OperationType = "operation";

    public const string OrderType = "order";

    /// <summary><c>op:</c> or <c>order:</c>, and the operation's or order's id, escaped.</summary>
    public required string Id { get; init; }

    public required string Type { get; init; }

    /// <summary>The cart's id, escaped: the partition key.</summary>
    public required string Cart { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Seconds until it ends by itself.</summary>
    public required int Ttl { get; init; }

    public static string IdOf(OperationId operation) => "op:" + DocumentId.Of(operation.Value);

    public static CartMarkDocument Of(CartId cart, OperationId operation, DateTimeOffset at) =>
        new()
        {
            Id = IdOf(operation),
            Type = OperationType,
            Cart = CartDocument.PartitionOf(cart),
            At = at,
            // Longer than housekeeping keeps them, for what it does not come to.
            Ttl = (int)(3 * Housekeeping.CartOperationRetention).TotalSeconds,
        };

    public static CartMarkDocument Of(CartId cart, OrderId order, DateTimeOffset at) => new()
    {
        Id = "order:" + DocumentId.Of(order.Value),
        Type = OrderType,
        Cart = CartDocument.PartitionOf(cart),
        At = at,
        // A step of an order may be repeated by whoever finds it half done, days later.
        Ttl = (int)TimeSpan.FromDays(30).TotalSeconds,
    };
}
