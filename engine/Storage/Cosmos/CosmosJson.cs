using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// How documents are written: camelCase names, names of enumerations, and nothing where there is
/// nothing, so that <c>IS_DEFINED</c> tells what is there. What was stored stays readable: names
/// are never changed, and what an older document lacks has a default.
/// </summary>
internal static class CosmosJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            // Documents are no web pages, and are paid for by the byte: six of an escaped letter.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter(), new DecimalText() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>
    /// Numbers of documents are binary floating point: money goes as text, with all its digits.
    /// </summary>
    private sealed class DecimalText : JsonConverter<decimal>
    {
        public override decimal Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
                ? decimal.Parse(reader.GetString()!, CultureInfo.InvariantCulture)
                : reader.GetDecimal();

        public override void Write(
            Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
