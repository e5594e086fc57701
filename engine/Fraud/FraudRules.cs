using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Fraud;

/// <summary>Reads and writes rule sets as JSON, strictly: a typing error is a fault.</summary>
public static class FraudRules
{
    /// <summary>Bytes of a rule file: 200,000 list entries of 100 bytes.</summary>
    public const int FileLimit = 20_000_000;

    /// <summary>The rules of a shop that has none of its own.</summary>
    public static FraudPolicy Default { get; } = ReadDefault();

    /// <summary>The policy of a rule file's text, or all that is wrong with it.</summary>
    /// <param name="json">UTF-8; comments and trailing commas are let pass.</param>
    /// <param name="faults">Empty where there is a policy.</param>
    public static FraudPolicy? TryRead(
        ReadOnlySpan<byte> json, out IReadOnlyList<FraudRuleFault> faults)
    {
        // Some editors put it there, and JSON has none.
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        try
        {
            var set = JsonSerializer.Deserialize(json, FraudRuleJson.Strict.FraudRuleSet);
            faults = set is null ? [new("", "must be an object, not null.")]
                : FraudRuleCheck.Check(set);
            return set is not null && faults.Count == 0 ? FraudPolicy.Of(set) : null;
        }
        catch (JsonException fault)
        {
            faults = [ToFault(fault)];
            return null;
        }
    }

    /// <summary>The set as it is written to a file.</summary>
    public static byte[] Write(FraudRuleSet set) =>
        JsonSerializer.SerializeToUtf8Bytes(set, FraudRuleJson.Strict.FraudRuleSet);

    private static FraudRuleFault ToFault(JsonException fault)
    {
        if (JsonFaults.IsSyntax(fault)) return new("", $"The text {JsonFaults.Describe(fault)}");
        var path = (fault.Path ?? "").TrimStart('$').Replace('.', '/').Replace("[", "/")
            .Replace("]", "");
        // The serializer's sentences name .NET types; an author wants the place and the kind.
        var detail = fault.Message switch
        {
            var m when m.Contains("missing required", StringComparison.Ordinal) =>
                "lacks " + m[(m.IndexOf(':') + 1)..].Split(" Path:")[0].Trim().TrimEnd('.') + ".",
            var m when m.Contains("could not be converted", StringComparison.Ordinal) =>
                $"has the wrong type or range for this field ({JsonFaults.Place(fault)}).",
            var m when m.Contains("could not be mapped", StringComparison.Ordinal) =>
                "is no field of a rule set.",
            var m when m.Contains("null", StringComparison.Ordinal) => "must not be null.",
            var m => m.Split(" Path:")[0],
        };
        return new(path, detail);
    }

    private static FraudPolicy ReadDefault()
    {
        using var stream = typeof(FraudRules).Assembly.GetManifestResourceStream(
            "StreamCommerce.Engine.Fraud.default-rules.json")!;
        using var text = new MemoryStream();
        stream.CopyTo(text);
        return TryRead(text.GetBuffer().AsSpan(0, (int)text.Length), out var faults)
            ?? throw new InvalidDataException(string.Join(" ", faults));
    }
}

/// <summary>The JSON of rule sets: camel case, strict, and indented, since people edit it.
/// </summary>
[JsonSerializable(typeof(FraudRuleSet))]
internal sealed partial class FraudRuleJson : JsonSerializerContext
{
    public static FraudRuleJson Strict { get; } = new(new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        PropertyNameCaseInsensitive = false,
    });
}
