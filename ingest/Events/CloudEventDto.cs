using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Ingest.Events;

// The wire form: CloudEvents 1.0 in structured mode, whose `data` is the commerce event's own
// part. Every member is nullable here, so that a missing one is told by EventRules with its
// field's name instead of by the serializer.

internal sealed class CloudEventDto
{
    public string? Specversion { get; set; }

    public string? Id { get; set; }

    public string? Source { get; set; }

    public string? Type { get; set; }

    public DateTimeOffset? Time { get; set; }

    public string? Datacontenttype { get; set; }

    public string? Dataschema { get; set; }

    public CommerceDataDto? Data { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

internal sealed class CommerceDataDto
{
    public string? VisitorId { get; set; }

    public string? CustomerId { get; set; }

    public string? SessionId { get; set; }

    public string? OrderId { get; set; }

    public string? Region { get; set; }

    public string? Channel { get; set; }

    public ItemDto[]? Items { get; set; }

    public Dictionary<string, string>? Parameters { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

internal struct ItemDto
{
    public string? ProductId { get; set; }

    public int? Quantity { get; set; }

    public decimal? Price { get; set; }

    public string? Currency { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CloudEventDto))]
internal sealed partial class CloudEventJsonContext : JsonSerializerContext;
