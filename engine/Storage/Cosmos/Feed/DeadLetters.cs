using System.Text.Json;

namespace StreamCommerce.Engine.Storage.Cosmos.Feed;

/// <summary>Documents that the feed could not read, for a person to look at. Any thread.</summary>
internal sealed class DeadLetters(DocumentContainer letters, TimeProvider time)
{
    // The account takes 2 MB a document; each letter of the raw one may become six.
    private const int RawLimit = 256 * 1024;

    /// <summary>Keeps a document; where it is kept already, its newest state.</summary>
    public async ValueTask KeepAsync(
        string container, JsonElement document, Exception fault, CancellationToken ct)
    {
        var raw = document.GetRawText();
        var letter = new DeadLetterDocument
        {
            // The account's own id of it: those of documents are told apart by partition only.
            Id = DocumentId.Join(
                container, TextOf(document, "_rid") ?? TextOf(document, "id") ?? ""),
            Container = container,
            DocumentId = TextOf(document, "id"),
            Error = fault.Message,
            At = time.GetUtcNow(),
            Raw = raw.Length <= RawLimit ? raw : raw[..RawLimit],
        };
        await letters.UpsertAsync(letter.Id, letter, ct);
        CosmosInstruments.PutAside(container);
    }

    private static string? TextOf(JsonElement document, string name) =>
        document.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}

/// <summary>A document that could not be read.</summary>
internal sealed record DeadLetterDocument
{
    public required string Id { get; init; }

    /// <summary>Where it is.</summary>
    public required string Container { get; init; }

    /// <summary>Its id there.</summary>
    public string? DocumentId { get; init; }

    public required string Error { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The document as it came, cut where it is very long.</summary>
    public required string Raw { get; init; }
}
