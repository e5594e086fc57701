using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Files;

/// <summary>
/// The JSON of documents that merchants write: camel case, absent instead of null, comments and
/// last commas allowed since people write it, and no unknown field: a typing error would be a rule
/// without its condition.
/// </summary>
internal static class DocumentJson
{
    /// <summary>New options, to make a serializer's context of.</summary>
    public static JsonSerializerOptions NewOptions() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>The text without the byte-order mark that some editors begin a file with.
    /// </summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> utf8) =>
        utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;

    /// <summary>63 bits of a document's text, never 0: that is the empty one's, and an ETag's
    /// digits have no sign.</summary>
    public static long VersionOf(ReadOnlySpan<byte> utf8) =>
        (long)(StableHash.Of(System.Text.Encoding.UTF8.GetString(utf8)) >> 1) | 1;

    /// <summary>What is wrong with a text, by what its reader threw.</summary>
    /// <param name="e">The serializer's exception, whose own sentences name .NET types.</param>
    /// <param name="document">What it is, as <c>a price book</c>.</param>
    public static DocumentFault Explain(JsonException e, string document)
    {
        if (JsonFaults.IsSyntax(e)) return new("", $"The text {JsonFaults.Describe(e)}");
        var path = (e.Path ?? "").TrimStart('$').Replace('.', '/').Replace("[", "/")
            .Replace("]", "");
        var detail = e.Message switch
        {
            var m when m.Contains("could not be mapped", StringComparison.Ordinal) =>
                $"is no field of {document}",
            var m when m.Contains("missing required", StringComparison.Ordinal) =>
                $"lacks {m[(m.LastIndexOf(':') + 1)..].Trim().TrimEnd('.')}",
            var m when m.Contains("allow null", StringComparison.Ordinal) => "must not be null",
            _ => "has the wrong type or range for this field",
        };
        return new(path, $"{detail} ({JsonFaults.Place(e)}).");
    }
}
