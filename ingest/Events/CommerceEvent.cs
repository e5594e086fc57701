using System.Text.Json;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// Something that happened in a shop. Immutable; <see cref="EventRules"/> says what is valid.
/// The same (<see cref="Source"/>, <see cref="Id"/>) of the same <see cref="Visitor"/> is the same
/// event, however often it is sent; CloudEvents requires ids to be unique within their source.
/// </summary>
public sealed record CommerceEvent
{
    public required EventId Id { get; init; }

    /// <summary>
    /// Who saw it happen, a URI reference as in CloudEvents, for example <c>/shop/web</c>.
    /// </summary>
    public required string Source { get; init; }

    public required EventName Name { get; init; }

    /// <summary>When it happened, in UTC, by the source's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    public required VisitorId Visitor { get; init; }

    public CustomerId? Customer { get; init; }

    public SessionId? Session { get; init; }

    /// <summary>The order of a purchase or refund.</summary>
    public OrderId? Order { get; init; }

    /// <summary>The market it happened in: a country or a sales region.</summary>
    public string? Region { get; init; }

    /// <summary>The sales channel, for example <c>web</c>, <c>app</c> or <c>store</c>.</summary>
    public string? Channel { get; init; }

    /// <summary>
    /// The products it is about, at most <see cref="EventRules.LineCountLimit"/>.
    /// </summary>
    public EventLine[] Lines { get; init; } = [];

    /// <summary>
    /// Free-form text parameters, for example <c>search_term</c>; null where there are none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>
    /// CloudEvents attributes that this version does not know; kept as they came.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? UnknownAttributes { get; init; }

    /// <summary>
    /// Members of <c>data</c> that this version does not know; kept as they came.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? UnknownData { get; init; }

    /// <summary>
    /// Which piece of its order this event is, from 1: an order of more than
    /// <see cref="EventRules.LineCountLimit"/> lines comes as several events, told apart by the
    /// parameter <see cref="OrderPartParameter"/>. Only piece 1 counts as an order.
    /// </summary>
    public int OrderPart =>
        Parameters is not null && Parameters.TryGetValue(OrderPartParameter, out var text)
            && int.TryParse(text, out var part) ? part : 1;

    /// <summary>The parameter that numbers the pieces of a long order, from 1.</summary>
    public const string OrderPartParameter = "order_part";
}

/// <summary>One product of an event.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">Units, from 1; a refund's are positive too.</param>
/// <param name="UnitPrice">Price of one unit, not negative; null where the event says none.</param>
/// <param name="Unknown">Members that this version does not know; kept as they came.</param>
public readonly record struct EventLine(
    Sku Sku,
    int Quantity,
    Money? UnitPrice = null,
    IReadOnlyDictionary<string, JsonElement>? Unknown = null);
