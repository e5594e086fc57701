using System.Buffers;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Outbox;

/// <summary>
/// An event that waits to be told, in the partition of what it tells of, so that one batch writes
/// both. It is deleted when the log has it.
/// </summary>
internal sealed record OutboxDocument
{
    public const string TypeName = "outbox";

    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    /// <summary>The partition key in the container <c>carts</c>.</summary>
    public string? Cart { get; init; }

    /// <summary>The partition key in the container <c>orders</c>.</summary>
    public string? Order { get; init; }

    public required string Number { get; init; }

    /// <summary>In the log's own form (<see cref="EventCodec"/>).</summary>
    public required byte[] Event { get; init; }

    public static OutboxDocument ForCart(CommerceEvent e, long number, string cart) =>
        Of(e, number) with { Cart = cart };

    public static OutboxDocument ForOrder(CommerceEvent e, long number, string order) =>
        Of(e, number) with { Order = order };

    private static OutboxDocument Of(CommerceEvent e, long number)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        EventCodec.Write(buffer, e);
        return new()
        {
            // An event's id follows from what was done: a step that is repeated tells it once.
            Id = "event:" + DocumentId.Of(e.Id.Value),
            Number = HybridClock.Format(number),
            Event = buffer.WrittenSpan.ToArray(),
        };
    }
}
