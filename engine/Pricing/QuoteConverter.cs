using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// Writes a quote for the order that keeps it: the currency once, no amount that is zero, nothing
/// that is empty. Unknown fields are left out when it is read: a later version's order is read.
/// </summary>
public sealed class QuoteConverter : JsonConverter<Quote>
{
    public override Quote Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (JsonSerializer.Deserialize(ref reader, QuoteJson.Default.QuoteForm)
            ?? throw new JsonException("A quote must not be null.")).ToQuote();

    public override void Write(
        Utf8JsonWriter writer, Quote value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, QuoteForm.Of(value), QuoteJson.Default.QuoteForm);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(QuoteForm))]
internal sealed partial class QuoteJson : JsonSerializerContext;
