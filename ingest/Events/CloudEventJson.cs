using System.Buffers;
using System.Text;
using System.Text.Json;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// The JSON form of an event: CloudEvents 1.0, structured mode
/// (<c>application/cloudevents+json</c>), with the commerce event in <c>data</c>. Unknown
/// attributes and members are kept and written back; unknown versions are refused. Golden files
/// pin it.
/// </summary>
public static class CloudEventJson
{
    /// <summary>The version of CloudEvents that is read and written.</summary>
    public const string SpecVersion = "1.0";

    /// <summary>The version of <c>data</c> that is read; optional on the wire.</summary>
    public const string DataSchema = "urn:streamcommerce:commerce-event:1";

    private static readonly JsonWriterOptions Compact = new()
    {
        // The calls below are what it would check.
        SkipValidation = true,
        // For machines, not for HTML pages: leaves ' and + and é as they are.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Reads one event and checks it by <see cref="EventRules"/>. Whatever is read can be written
    /// by <see cref="Write(IBufferWriter{byte}, CommerceEvent)"/>.
    /// </summary>
    /// <param name="json">Exactly one JSON object, UTF-8.</param>
    /// <param name="now">The receiver's clock.</param>
    /// <param name="retention">Older events are refused; null where none is too old.</param>
    /// <param name="problem">What is wrong, where the result is null.</param>
    public static CommerceEvent? Read(
        ReadOnlySpan<byte> json,
        DateTimeOffset now,
        TimeSpan? retention,
        out EventProblem? problem)
    {
        if (json.Length > EventRules.EventBytesLimit)
        {
            problem = new("", $"The event has {json.Length} bytes; at most " +
                $"{EventRules.EventBytesLimit} are allowed.");
            return null;
        }
        problem = JsonText.FindUndecodable(json);
        if (problem is not null) return null;
        CloudEventDto? dto;
        try
        {
            dto = JsonSerializer.Deserialize(json, CloudEventJsonContext.Default.CloudEventDto);
        }
        catch (JsonException e)
        {
            problem = ToProblem(e);
            return null;
        }
        var commerceEvent = ToEvent(dto, out problem);
        if (commerceEvent is null) return null;
        problem = EventRules.Check(commerceEvent, now, retention);
        return problem is null ? commerceEvent : null;
    }

    /// <summary>Writes one event as a JSON object without line breaks.</summary>
    public static void Write(IBufferWriter<byte> output, CommerceEvent e)
    {
        using var writer = NewWriter(output);
        Write(writer, e);
    }

    /// <summary>A writer for many events, one after the other.</summary>
    public static Utf8JsonWriter NewWriter(IBufferWriter<byte> output) => new(output, Compact);

    /// <summary>As the other, without a writer an event, and flushed.</summary>
    /// <param name="writer">From <see cref="NewWriter"/>.</param>
    /// <param name="e">The event.</param>
    public static void Write(Utf8JsonWriter writer, CommerceEvent e)
    {
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString("specversion", SpecVersion);
        writer.WriteString("id", e.Id.Value);
        writer.WriteString("source", e.Source);
        writer.WriteString("type", e.Name.ToText());
        writer.WriteString("time", e.Time.UtcDateTime);
        writer.WriteString("datacontenttype", "application/json");
        writer.WriteString("dataschema", DataSchema);
        WriteUnknown(writer, e.UnknownAttributes);
        writer.WriteStartObject("data");
        writer.WriteString("visitorId", e.Visitor.Value);
        WriteOptional(writer, "customerId", e.Customer?.Value);
        WriteOptional(writer, "sessionId", e.Session?.Value);
        WriteOptional(writer, "orderId", e.Order?.Value);
        WriteOptional(writer, "region", e.Region);
        WriteOptional(writer, "channel", e.Channel);
        if (e.Lines.Length > 0) WriteLines(writer, e.Lines);
        if (e.Parameters is not null)
        {
            writer.WriteStartObject("parameters");
            foreach (var (name, text) in e.Parameters) writer.WriteString(name, text);
            writer.WriteEndObject();
        }
        WriteUnknown(writer, e.UnknownData);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>The event as a JSON text.</summary>
    public static string ToText(CommerceEvent e)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        Write(buffer, e);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>What a serializer's exception says, with its path as a JSON Pointer.</summary>
    internal static EventProblem ToProblem(JsonException e)
    {
        if (JsonFaults.IsSyntax(e)) return new("", JsonFaults.Describe(e));
        var field = (e.Path ?? "").TrimStart('$').Replace('.', '/').Replace("[", "/")
            .Replace("]", "");
        return new(field, e.Message.Contains("could not be converted", StringComparison.Ordinal)
            ? $"has the wrong type or range for this field ({JsonFaults.Place(e)})."
            : JsonFaults.Describe(e));
    }

    private static CommerceEvent? ToEvent(CloudEventDto? dto, out EventProblem? problem)
    {
        problem = CheckEnvelope(dto, out var name);
        if (problem is not null || dto is null) return null;
        var data = dto.Data!;
        var lines = ToLines(data.Items, out problem);
        if (problem is not null) return null;
        return new CommerceEvent
        {
            Id = new EventId(dto.Id!),
            Source = dto.Source!,
            Name = name,
            Time = dto.Time!.Value.ToUniversalTime(),
            Visitor = new VisitorId(data.VisitorId!),
            Customer = data.CustomerId is null ? null : new CustomerId(data.CustomerId),
            Session = data.SessionId is null ? null : new SessionId(data.SessionId),
            Order = data.OrderId is null ? null : new OrderId(data.OrderId),
            Region = data.Region,
            Channel = data.Channel,
            Lines = lines,
            Parameters = data.Parameters is { Count: > 0 } ? data.Parameters : null,
            UnknownAttributes = dto.Unknown,
            UnknownData = data.Unknown,
        };
    }

    private static EventProblem? CheckEnvelope(CloudEventDto? dto, out EventName name)
    {
        name = default;
        if (dto is null) return new("", "must be a JSON object.");
        if (dto.Specversion != SpecVersion)
        {
            return new("/specversion", $"is {Quote(dto.Specversion)}; this server reads " +
                $"CloudEvents \"{SpecVersion}\".");
        }
        if (dto.Dataschema is not null && dto.Dataschema != DataSchema)
        {
            return new("/dataschema", $"is {Quote(dto.Dataschema)}; this server reads " +
                $"\"{DataSchema}\" (or leave it out).");
        }
        if (dto.Datacontenttype is not null && !IsJson(dto.Datacontenttype))
        {
            return new("/datacontenttype",
                $"is {Quote(dto.Datacontenttype)}; it must be application/json.");
        }
        if (!EventNames.TryParse(dto.Type, out name))
        {
            return new("/type", $"is {Quote(dto.Type)}; it must be one of " +
                $"{string.Join(", ", EventNames.All.Select(n => n.ToText()))}.");
        }
        if (dto.Time is null) return new("/time", "is required, as an RFC 3339 date and time.");
        return dto.Data is null ? new("/data", "is required and must be an object.") : null;
    }

    private static EventLine[] ToLines(ItemDto[]? items, out EventProblem? problem)
    {
        problem = null;
        if (items is null or { Length: 0 }) return [];
        var lines = new EventLine[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            ref readonly var item = ref items[i];
            Money? price = null;
            if (item.Price is { } amount)
            {
                if (!Currency.TryParse(item.Currency, out var currency))
                {
                    problem = new($"/data/items/{i}/currency", $"is {Quote(item.Currency)}; an " +
                        "item with a price needs an active ISO 4217 code such as EUR.");
                    return [];
                }
                price = new Money(amount, currency);
            }
            else if (item.Currency is not null && !Currency.TryParse(item.Currency, out _))
            {
                problem = new($"/data/items/{i}/currency",
                    $"is {Quote(item.Currency)}; it must be an active ISO 4217 code such as EUR.");
                return [];
            }
            lines[i] = new EventLine(
                new Sku(item.ProductId!), item.Quantity ?? 1, price, item.Unknown);
        }
        return lines;
    }

    private static void WriteLines(Utf8JsonWriter writer, EventLine[] lines)
    {
        writer.WriteStartArray("items");
        foreach (ref readonly var line in lines.AsSpan())
        {
            writer.WriteStartObject();
            writer.WriteString("productId", line.Sku.Value);
            writer.WriteNumber("quantity", line.Quantity);
            if (line.UnitPrice is { } price)
            {
                writer.WriteNumber("price", price.Amount);
                writer.WriteString("currency", price.Currency.Code);
            }
            WriteUnknown(writer, line.Unknown);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteUnknown(
        Utf8JsonWriter writer, IReadOnlyDictionary<string, JsonElement>? members)
    {
        if (members is null) return;
        foreach (var (name, json) in members)
        {
            writer.WritePropertyName(name);
            json.WriteTo(writer);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null) writer.WriteString(name, text);
    }

    private static bool IsJson(string mediaType) =>
        mediaType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);

    private static string Quote(string? text) => text is null ? "missing" : $"\"{text}\"";
}
