using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Engine.Storage.Files;

namespace StreamCommerce.Engine.Pricing;

/// <summary>The text of price books, as <see cref="DocumentJson"/> has it.</summary>
[JsonSerializable(typeof(PriceBook))]
public sealed partial class PriceBookJson : JsonSerializerContext
{
    private static readonly PriceBookJson Text = new(DocumentJson.NewOptions());

    /// <summary>The valid book of a text, with its version; or what is wrong.</summary>
    public static (PriceBook? Book, DocumentFault? Fault) Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var book = JsonSerializer.Deserialize(
                DocumentJson.WithoutMark(utf8), Text.PriceBook);
            if (book is null) return (null, new("", "must be an object, not null."));
            return PriceBookRules.Check(book) is { } fault
                ? (null, fault) : (WithVersion(book), null);
        }
        catch (JsonException e)
        {
            return (null, DocumentJson.Explain(e, "a price book"));
        }
    }

    /// <summary>The book's text, UTF-8, indented for people.</summary>
    public static byte[] Write(PriceBook book) =>
        JsonSerializer.SerializeToUtf8Bytes(book, Text.PriceBook);

    /// <summary>The book with the version of its content.</summary>
    public static PriceBook WithVersion(PriceBook book) => book with
    {
        Version = book is { IsEmpty: true, DefaultDestination: null }
            ? 0 : DocumentJson.VersionOf(Write(book)),
    };
}
