using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// The text of price books: camel case, absent instead of null, comments and last commas allowed
/// since people write it, and no unknown field: a typing error would be a promotion without its
/// condition.
/// </summary>
[JsonSerializable(typeof(PriceBook))]
public sealed partial class PriceBookJson : JsonSerializerContext
{
    private static readonly PriceBookJson Text = new(new()
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
    public static (PriceBook? Book, PriceBookFault? Fault) Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            // Some editors begin a file with a byte-order mark.
            if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
            var book = JsonSerializer.Deserialize(utf8, Text.PriceBook);
            if (book is null) return (null, new("", "must be an object, not null."));
            return PriceBookRules.Check(book) is { } fault
                ? (null, fault) : (WithVersion(book), null);
        }
        catch (JsonException e)
        {
            return (null, FaultOf(e));
        }
    }

    /// <summary>The book's text, UTF-8, indented for people.</summary>
    public static byte[] Write(PriceBook book) =>
        JsonSerializer.SerializeToUtf8Bytes(book, Text.PriceBook);

    /// <summary>The book with the version of its content.</summary>
    public static PriceBook WithVersion(PriceBook book)
    {
        if (book is { IsEmpty: true, DefaultDestination: null }) return book with { Version = 0 };
        var text = System.Text.Encoding.UTF8.GetString(Write(book));
        // Never 0: that is the empty book's, and an ETag's digits have no sign.
        return book with { Version = (long)(StableHash.Of(text) >> 1) | 1 };
    }

    private static PriceBookFault FaultOf(JsonException e)
    {
        if (JsonFaults.IsSyntax(e)) return new("", $"The text {JsonFaults.Describe(e)}");
        var path = (e.Path ?? "").TrimStart('$').Replace('.', '/').Replace("[", "/")
            .Replace("]", "");
        // The serializer's own sentences name .NET types.
        var detail = e.Message switch
        {
            var m when m.Contains("could not be mapped", StringComparison.Ordinal) =>
                "is no field of a price book",
            var m when m.Contains("missing required", StringComparison.Ordinal) =>
                $"lacks {m[(m.LastIndexOf(':') + 1)..].Trim().TrimEnd('.')}",
            var m when m.Contains("allow null", StringComparison.Ordinal) => "must not be null",
            _ => "has the wrong type or range for this field",
        };
        return new(path, $"{detail} ({JsonFaults.Place(e)}).");
    }
}
