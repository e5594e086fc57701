using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Engine.Fraud;

/// <summary>The values of signals that a screening saw; as JSON an object of numbers.</summary>
[JsonConverter(typeof(FraudInputsConverter))]
public sealed class FraudInputs(IReadOnlyList<FraudInput> values)
{
    /// <summary>None at all.</summary>
    public static FraudInputs None { get; } = new([]);

    /// <summary>Those that were known and not 0.</summary>
    public IReadOnlyList<FraudInput> Values { get; } = values;

    /// <summary>The signal's value; 0 where it is absent.</summary>
    public double this[string signal]
    {
        get
        {
            foreach (var input in Values)
                if (input.Signal == signal) return input.Value;
            return 0;
        }
    }
}

/// <summary>A signal's value.</summary>
/// <param name="Signal">The name. One that this version does not know is kept as it was stored.
/// </param>
/// <param name="Value">Counts, amounts in the rules' currency, ratios, or 0 and 1 for no and
/// yes.</param>
public readonly record struct FraudInput(string Signal, double Value);

/// <summary>Writes inputs as <c>{"amount":80,"card.attempts.1h":2}</c>.</summary>
public sealed class FraudInputsConverter : JsonConverter<FraudInputs>
{
    public override FraudInputs Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Inputs must be an object of numbers.");
        var values = new List<FraudInput>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // The same text again and again: those that are known are not kept twice.
            var name = reader.GetString()!;
            if (FraudSignals.TryFind(name, out var signal)) name = signal.Name;
            reader.Read();
            values.Add(new FraudInput(name, reader.GetDouble()));
        }
        return new FraudInputs(values);
    }

    public override void Write(
        Utf8JsonWriter writer, FraudInputs value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var input in value.Values) writer.WriteNumber(input.Signal, input.Value);
        writer.WriteEndObject();
    }
}
