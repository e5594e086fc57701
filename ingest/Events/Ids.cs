using System.Text.Json.Serialization;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// An identifier that is text on the wire. <see cref="EventRules"/> says which text is valid.
/// </summary>
public interface ITextId<TSelf> where TSelf : struct, ITextId<TSelf>
{
    /// <summary>
    /// The text, 1 to <see cref="EventRules.IdLengthLimit"/> characters, never null in a valid id.
    /// </summary>
    string Value { get; }

    /// <summary>Wraps a text without checking it.</summary>
    static abstract TSelf Create(string value);
}

/// <summary>The id of an event, unique within its source (CloudEvents 1.0).</summary>
[JsonConverter(typeof(TextIdConverter<EventId>))]
public readonly record struct EventId(string Value) : ITextId<EventId>
{
    public static EventId Create(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>
/// A browser, app or device: the unit by which events are ordered and partitioned.
/// </summary>
[JsonConverter(typeof(TextIdConverter<VisitorId>))]
public readonly record struct VisitorId(string Value) : ITextId<VisitorId>
{
    public static VisitorId Create(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A signed-in customer; may use several visitors.</summary>
[JsonConverter(typeof(TextIdConverter<CustomerId>))]
public readonly record struct CustomerId(string Value) : ITextId<CustomerId>
{
    public static CustomerId Create(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A visit, as the storefront drew its borders.</summary>
[JsonConverter(typeof(TextIdConverter<SessionId>))]
public readonly record struct SessionId(string Value) : ITextId<SessionId>
{
    public static SessionId Create(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A stock-keeping unit: the product id of the catalogue.</summary>
[JsonConverter(typeof(TextIdConverter<Sku>))]
public readonly record struct Sku(string Value) : ITextId<Sku>
{
    public static Sku Create(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>An order; GA4's <c>transaction_id</c>.</summary>
[JsonConverter(typeof(TextIdConverter<OrderId>))]
public readonly record struct OrderId(string Value) : ITextId<OrderId>
{
    public static OrderId Create(string value) => new(value);

    public override string ToString() => Value;
}
