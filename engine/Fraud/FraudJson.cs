using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Engine.Fraud;

/// <summary>The stored JSON of requests and screenings: camel case, absent instead of null.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScreeningRequest))]
[JsonSerializable(typeof(Screening))]
[JsonSerializable(typeof(PastScreening))]
[JsonSerializable(typeof(Backtesting.BacktestEvent))]
public sealed partial class FraudJson : JsonSerializerContext
{
    /// <summary>For what is stored; leaves + and é as they are.</summary>
    public static FraudJson Stored { get; } = new(new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
