using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Ingest.Events;

/// <summary>Writes a text id as a JSON string, also where it is a property name.</summary>
public sealed class TextIdConverter<TId> : JsonConverter<TId> where TId : struct, ITextId<TId>
{
    public override TId Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? TId.Create(reader.GetString()!)
            : throw new JsonException($"{typeof(TId).Name} must be a string.");

    public override void Write(
        Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);

    public override TId ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TId.Create(reader.GetString()!);

    public override void WriteAsPropertyName(
        Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.Value);
}
