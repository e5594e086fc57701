using System.Globalization;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Checkout;

/// <summary>
/// What a stored step of an order has yet to do in other partitions. None of it can be refused any
/// more, and each is idempotent, so whoever finds it does it.
/// </summary>
internal sealed record StepEffects
{
    /// <summary>Release, restock or unsell; what must be asked first is done before.</summary>
    public StockEffect Stock { get; init; }

    public RestockUnits? Restocked { get; init; }

    /// <summary>The cart to take the order's units out of.</summary>
    public string? Cart { get; init; }

    public bool GivesCouponsBack { get; init; }

    /// <summary>What a step leaves to do; null where that is nothing.</summary>
    public static StepEffects? Of(OrderChange change)
    {
        var later = change.Stock is StockEffect.Release or StockEffect.Restock
            or StockEffect.Unsell;
        return !later && change.Bought is null && !change.GivesCouponsBack ? null : new()
        {
            Stock = later ? change.Stock : StockEffect.None,
            Restocked = later ? change.Restocked : null,
            Cart = change.Bought?.Value,
            GivesCouponsBack = change.GivesCouponsBack,
        };
    }
}

/// <summary>
/// An order as it is stored, or, in its place, that there will be none: whichever is created first
/// decides a checkout's first step.
/// </summary>
internal sealed record OrderDocument
{
    public const string TypeName = "order";
    public const string RefusedTypeName = "refused";

    // One a partition.
    public string Id { get; init; } = TypeName;

    public string Type { get; init; } = TypeName;

    /// <summary>The order's id, escaped: the partition key.</summary>
    public required string Order { get; init; }

    public required string OrderId { get; init; }

    /// <summary>Grows with each order that is begun.</summary>
    public string? Number { get; init; }

    public OrderState State { get; init; }

    public long Version { get; init; }

    public string? Customer { get; init; }

    public DateTimeOffset? PlacedAt { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public OrderTerms? Terms { get; init; }

    public OrderProgress? Progress { get; init; }

    /// <summary>Why there is no order; null where there is one.</summary>
    public Refusal? Refusal { get; init; }

    public StepEffects? Effects { get; init; }

    /// <summary>
    /// Which write this is: tells our own, whose answer was lost, from another's of the same
    /// version.
    /// </summary>
    public string? Stamp { get; init; }

    public Order ToOrder() => new()
    {
        Id = new(OrderId),
        State = State,
        Version = Version,
        Terms = Terms!,
        Progress = Progress!,
    };

    public static OrderDocument Refused(OrderId order, Refusal refusal) => new()
    {
        Type = RefusedTypeName,
        Order = PartitionOf(order.Value),
        OrderId = order.Value,
        Refusal = refusal,
    };

    public static OrderDocument Of(Order order, string number, string stamp) => new()
    {
        Order = PartitionOf(order.Id.Value),
        OrderId = order.Id.Value,
        Number = number,
        State = order.State,
        Version = order.Version,
        Customer = order.Terms.Customer?.Value,
        PlacedAt = order.Progress.PlacedAt,
        DueAt = order.DueAt,
        Terms = order.Terms,
        Progress = order.Progress,
        Stamp = stamp,
    };

    public static string PartitionOf(string order) => DocumentId.Of(order);
}

/// <summary>
/// An idempotency key and what it began. While that is not finished it has the order as it is to
/// be, so that whoever finds the first step half done can finish it.
/// </summary>
internal sealed record KeyDocument
{
    /// <summary>Caller and key; also the partition key.</summary>
    public required string Id { get; init; }

    public required string Caller { get; init; }

    public required string Key { get; init; }

    /// <summary>As text: it has all 64 bits.</summary>
    public required string Hash { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The order that it began; null where it was refused before.</summary>
    public string? OrderId { get; init; }

    /// <summary>Why it began none.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>What is not finished; null where all is.</summary>
    public OpenStep? Open { get; init; }

    /// <summary>Seconds; longer than keys are kept, for what nobody forgets.</summary>
    public int Ttl { get; init; } = (int)(2 * CheckoutLedger.Retention).TotalSeconds;

    public LedgerEntry ToEntry() => new(
        new(Caller, Key), ulong.Parse(Hash, CultureInfo.InvariantCulture), StartedAt,
        OrderId is null ? null : new OrderId(OrderId), Refusal);

    public static string IdOf(CheckoutKey key) => DocumentId.Join(key.Caller, key.Key);

    public static KeyDocument Of(BeginCheckout command, DateTimeOffset now) => new()
    {
        Id = IdOf(command.Key),
        Caller = command.Key.Caller,
        Key = command.Key.Key,
        Hash = command.RequestHash.ToString(CultureInfo.InvariantCulture),
        StartedAt = now,
        OrderId = command.Refusal is null ? command.Order!.Id.Value : null,
        Refusal = command.Refusal,
        Open = command.Refusal is null
            ? new() { Order = command.Order!, Reserve = command.Reserve } : null,
    };
}

/// <summary>A first step that is not finished.</summary>
internal sealed record OpenStep
{
    /// <summary>The order as it is to be.</summary>
    public required Order Order { get; init; }

    /// <summary>The stock that it holds; null for none.</summary>
    public StockRequest? Reserve { get; init; }
}
