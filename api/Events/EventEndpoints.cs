using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Events;

/// <summary>What became of a batch of events.</summary>
/// <param name="Accepted">Events that are durable in the log.</param>
/// <param name="Duplicates">Events that repeated source, id and visitor of an earlier one of this
/// batch, which counts. Repetitions of earlier batches are found by the engine and count once,
/// too.</param>
/// <param name="Repeated">Those events.</param>
/// <param name="Refused">The events that were not taken.</param>
public sealed record EventReceipt(
    int Accepted,
    int Duplicates,
    IReadOnlyList<RepeatedEvent> Repeated,
    IReadOnlyList<RefusedEntry> Refused);

/// <summary><c>POST /v1/events</c>: the way into the log, and the service's hot path.</summary>
internal static class EventEndpoints
{
    private const string One = "application/cloudevents+json";
    private const string Many = "application/cloudevents-batch+json";
    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";

    public static void MapEvents(this IEndpointRouteBuilder v1) => v1
        .MapPost("/events", AppendAsync)
        .WithBodyLimit(EventRules.BatchBytesLimit)
        .WithBodyTypes((One, Example()), (Many, Examples()), (Json, Examples()),
            (Lines, Example().ToJsonString() + "\n"))
        .WithName("appendEvents")
        .WithTags("Events")
        .WithSummary("Appends events to the log")
        .WithDescription("CloudEvents 1.0 in structured or batch mode, JSON (an object or an " +
            "array) or NDJSON, at most 1,000 events and 8 MiB, optionally with Content-Encoding: " +
            "gzip. Answers 202 only when the accepted events are durable; bad events are listed " +
            "and do not spoil the others. The same (source, id) of the same visitor counts once, " +
            "however often it is sent, so repeat a batch whenever its answer was lost; " +
            "CloudEvents requires ids to be unique within their source.")
        .WithProblems(400, 413, 415, 503);

    private static JsonArray Examples() => [Example()];

    private static JsonNode Example() => JsonNode.Parse("""
        {"specversion":"1.0","id":"7f1c-1","source":"/shop/web","type":"purchase",
         "time":"2026-03-01T11:00:00Z",
         "data":{"visitorId":"visitor-7","orderId":"order-1001","region":"DE",
          "items":[{"productId":"mug","quantity":2,"price":4.99,"currency":"EUR"}]}}
        """)!;

    private static async Task<Results<Accepted<EventReceipt>, ProblemResult>> AppendAsync(
        HttpRequest request, EventIntake intake, CancellationToken ct)
    {
        if (!TryReadType(request.ContentType, out var named))
            return (ProblemResult)Unsupported(request.ContentType);
        using var body = await PooledBody.ReadAsync(request, EventRules.BatchBytesLimit, ct);
        var format = named ?? FormatOf(body.Bytes.Span);
        if (intake.Read(body.Bytes, format, out var problem) is not { } batch)
            return (ProblemResult)Problem.Invalid(problem!.Field, problem.Detail);
        var refused = ToEntries(batch.Refused);
        if (batch.Accepted.Count == 0 && refused.Length > 0)
            return (ProblemResult)NothingTaken(refused);
        await intake.AppendAsync(batch.Accepted, ct);
        return TypedResults.Accepted((string?)null,
            new EventReceipt(batch.Accepted.Count, batch.Repeated.Count, batch.Repeated, refused));
    }

    private static bool TryReadType(string? contentType, out BatchFormat? format)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        format = type switch
        {
            _ when Is(type, One) => BatchFormat.One,
            _ when Is(type, Many) => BatchFormat.Array,
            _ when Is(type, Lines) => BatchFormat.Lines,
            _ => null,
        };
        return format is not null || Is(type, Json);

        static bool Is(ReadOnlySpan<char> type, string name) =>
            type.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static BatchFormat FormatOf(ReadOnlySpan<byte> json) =>
        json.TrimStart(" \t\r\n"u8).StartsWith("["u8) ? BatchFormat.Array : BatchFormat.One;

    private static RefusedEntry[] ToEntries(IReadOnlyList<RefusedEvent> refused)
    {
        var entries = new RefusedEntry[refused.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var (index, id, problem) = refused[i];
            entries[i] = new RefusedEntry(index, null, id, problem.Field, problem.Detail);
        }
        return entries;
    }

    private static Problem NothingTaken(RefusedEntry[] refused) => Problem.Of(
        400, "events-refused", "No event was taken", refused.Length == 1
            ? $"{refused[0].Field} {refused[0].Detail}".TrimStart()
            : $"All {refused.Length} events were refused.") with
    {
        Refused = refused,
    };

    private static Problem Unsupported(string? contentType) => Problem.Of(
        415, "unsupported-media-type", "Unsupported Media Type",
        (contentType is null ? "No content type is given" : $"'{contentType}' is not read here") +
        $"; send {One}, {Many}, {Json} or {Lines}.");
}
