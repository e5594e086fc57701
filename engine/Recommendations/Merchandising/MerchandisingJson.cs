using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Engine.Storage.Files;

namespace StreamCommerce.Engine.Recommendations.Merchandising;

/// <summary>The text of plans, as <see cref="DocumentJson"/> has it.</summary>
[JsonSerializable(typeof(MerchandisingPlan))]
public sealed partial class MerchandisingJson : JsonSerializerContext
{
    private static readonly MerchandisingJson Text = new(DocumentJson.NewOptions());

    /// <summary>The valid plan of a text, with its version; or what is wrong.</summary>
    public static (MerchandisingPlan? Plan, DocumentFault? Fault) Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var plan = JsonSerializer.Deserialize(
                DocumentJson.WithoutMark(utf8), Text.MerchandisingPlan);
            if (plan is null) return (null, new("", "must be an object, not null."));
            return MerchandisingRules.Check(plan) is { } fault
                ? (null, fault) : (WithVersion(plan), null);
        }
        catch (JsonException e)
        {
            return (null, DocumentJson.Explain(e, "a merchandising plan"));
        }
    }

    /// <summary>The plan's text, UTF-8, indented for people.</summary>
    public static byte[] Write(MerchandisingPlan plan) =>
        JsonSerializer.SerializeToUtf8Bytes(plan, Text.MerchandisingPlan);

    /// <summary>The plan with the version of its content.</summary>
    public static MerchandisingPlan WithVersion(MerchandisingPlan plan) => plan with
    {
        Version = plan.IsEmpty ? 0 : DocumentJson.VersionOf(Write(plan)),
    };
}
