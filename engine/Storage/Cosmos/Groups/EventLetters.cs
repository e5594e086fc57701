using System.Buffers;
using System.Text;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Storage.Cosmos.Groups;

/// <summary>
/// Events that a consumer group could not handle, for a person to look at, beside the documents
/// that the feed could not read. Any thread.
/// </summary>
public sealed class EventLetters : IVisitorPlace
{
    // The account takes 2 MB a document; each letter of the raw one may become six.
    private const int TextLimit = 256 * 1024;

    private readonly DocumentContainer _letters;
    private readonly TimeProvider _time;

    internal EventLetters(DocumentContainer letters, TimeProvider time) =>
        (_letters, _time) = (letters, time);

    public string Name => "event letters";

    /// <summary>Keeps an event; durable when it completes, and once however often it comes.
    /// </summary>
    /// <param name="group">The consumer group.</param>
    /// <param name="partition">The partition of the log.</param>
    /// <param name="logged">The event at its place.</param>
    /// <param name="reason">Why it could not be handled.</param>
    /// <param name="ct">Gives up.</param>
    public async ValueTask KeepAsync(
        string group, int partition, LoggedEvent logged, string reason, CancellationToken ct)
    {
        // What is no event has nobody's id, and its beginning is in the reason.
        var isEvent = logged.Problem is null;
        var letter = new EventLetterDocument
        {
            Id = DocumentId.Join("event", group, $"{partition}", $"{logged.Offset}"),
            Group = group,
            Partition = partition,
            Offset = logged.Offset,
            LoggedAt = logged.LoggedAt,
            Visitor = isEvent ? logged.Event.Visitor.Value : null,
            Error = Cut(reason),
            At = _time.GetUtcNow(),
            Raw = isEvent ? Cut(TextOf(logged.Event)) : null,
        };
        await _letters.UpsertAsync(letter.Id, letter, ct);
    }

    public async ValueTask<long> ForgetAsync(VisitorId visitor, CancellationToken ct)
    {
        var found = await FindAsync(visitor, ct);
        await SideBySide.RunAsync(
            found, one => _letters.DeleteAsync(one.Id, one.Id, null, ct));
        return found.Count;
    }

    public async ValueTask<long> CountAsync(VisitorId visitor, CancellationToken ct) =>
        (await FindAsync(visitor, ct)).Count;

    private async ValueTask<List<LetterKey>> FindAsync(VisitorId visitor, CancellationToken ct)
    {
        var found = new List<LetterKey>();
        var query = new QueryDefinition("SELECT c.id FROM c WHERE c.visitor = @visitor")
            .WithParameter("@visitor", visitor.Value);
        await foreach (var one in _letters.ListAsync<LetterKey>(query, ct)) found.Add(one);
        return found;
    }

    private static string Cut(string text) => text.Length <= TextLimit ? text : text[..TextLimit];

    private static string TextOf(CommerceEvent e)
    {
        var text = new ArrayBufferWriter<byte>(512);
        CloudEventJson.Write(text, e);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private sealed record LetterKey
    {
        public required string Id { get; init; }
    }
}

/// <summary>An event that could not be handled.</summary>
internal sealed record EventLetterDocument
{
    public required string Id { get; init; }

    public required string Group { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    public required DateTimeOffset LoggedAt { get; init; }

    /// <summary>Whose it is, to be forgotten by; null where it is no event.</summary>
    public string? Visitor { get; init; }

    public required string Error { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The event as JSON, cut where it is very long; null where it is none.</summary>
    public string? Raw { get; init; }
}
