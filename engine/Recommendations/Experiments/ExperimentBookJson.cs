using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>
/// The text of a book of experiments: camel case, comments and last commas allowed since people
/// write it, and no unknown field: a typing error would be an arm that changes nothing.
/// </summary>
[JsonSerializable(typeof(ExperimentBook))]
internal sealed partial class ExperimentBookJson : JsonSerializerContext
{
    private static readonly ExperimentBookJson Text = new(new()
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
    });

    /// <summary>The valid book of a text, with its version; or what is wrong.</summary>
    public static (ExperimentBook? Book, ExperimentFault? Fault) Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            // Some editors begin a file with a byte-order mark.
            if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
            var book = JsonSerializer.Deserialize(utf8, Text.ExperimentBook);
            if (book is null) return (null, new("", "must be an object, not null."));
            return ExperimentRules.Check(book) is { } fault
                ? (null, fault) : (WithVersion(book), null);
        }
        catch (JsonException e)
        {
            var path = (e.Path ?? "").TrimStart('$').Replace('.', '/').Replace("[", "/")
                .Replace("]", "");
            return (null, new(path, JsonFaults.IsSyntax(e)
                ? $"The text {JsonFaults.Describe(e)}"
                : $"is no field of experiments, or of the wrong type ({JsonFaults.Place(e)})."));
        }
    }

    /// <summary>The book's text, UTF-8, indented for people.</summary>
    public static byte[] Write(ExperimentBook book) =>
        JsonSerializer.SerializeToUtf8Bytes(book, Text.ExperimentBook);

    /// <summary>The book with the version of its content.</summary>
    public static ExperimentBook WithVersion(ExperimentBook book)
    {
        if (book.Experiments.Count == 0) return book with { Version = 0 };
        var text = Encoding.UTF8.GetString(Write(book with { Version = 0 }));
        // Never 0: that is the empty book's, and an ETag's digits have no sign.
        return book with { Version = (long)(StableHash.Of(text) >> 1) | 1 };
    }
}
