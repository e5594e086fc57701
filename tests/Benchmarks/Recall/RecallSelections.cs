using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Models.Blending;

namespace StreamCommerce.Benchmarks.Recall;

/// <summary>
/// What was selected for the public splits, on validation data that was cut from their training
/// parts. The file tells for each how it came about.
/// </summary>
internal static class RecallSelections
{
    private const string Resource = "recall-selections.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // A decay of infinity means never.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>A selection and how it was made.</summary>
    /// <param name="How">The command, or what was chosen by hand from which trials.</param>
    /// <param name="Selection">What is trained.</param>
    internal sealed record Recorded(string How, BlendSelection Selection);

    /// <summary>By the split's name.</summary>
    public static IReadOnlyDictionary<string, Recorded> Read()
    {
        using var file = typeof(RecallSelections).Assembly.GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<Dictionary<string, Recorded>>(file, Json)!;
    }

    public static string Text(Recorded recorded) => JsonSerializer.Serialize(recorded, Json);
}
