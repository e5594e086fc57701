using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;

namespace StreamCommerce.Api.Live;

/// <summary><c>/v1/live</c> and <c>/v1/changes</c>: server-sent events.</summary>
internal static class LiveEndpoints
{
    private const string LastEventId = "Last-Event-ID";

    public static void MapLive(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/live", Live).WithName("live").WithTags("Live")
            .WithSummary("Streams a snapshot of the shop once a second")
            .WithDescription("Server-sent events of type snapshot. A slow subscriber gets the " +
                "newest only. At most 100 subscribers. A ping comes after 15 silent seconds.")
            .Produces<LiveSnapshot>(200, "text/event-stream")
            .WithProblems(503)
            .DisableRequestTimeout();
        v1.MapGet("/changes", Changes).WithName("changes").WithTags("Live")
            .WithSummary("Streams changes of stock and prices as they are committed")
            .WithDescription("Server-sent events of type change, the newest state of each " +
                "product for a slow subscriber, and a ping after 15 silent seconds. " +
                "With Last-Event-ID it goes on where it was; " +
                "reset says that some changes are no longer known: read the products again.")
            .Produces<ProductChange>(200, "text/event-stream")
            .WithProblems(503)
            .DisableRequestTimeout();
    }

    private static Results<ServerSentEventsResult<string>, ProblemResult> Live(
        LiveFeed feed, SubscriberGate gate, HttpRequest request,
        IHostApplicationLifetime lifetime, TimeProvider time)
    {
        var after = LiveFeed.FromId(request.Headers[LastEventId]);
        return Stream(gate, lifetime, time, request.HttpContext,
            ct => SnapshotsAsync(feed, after, ct));
    }

    private static Results<ServerSentEventsResult<string>, ProblemResult> Changes(
        ShopChanges changes, ChangesGate gate, HttpRequest request,
        IHostApplicationLifetime lifetime, TimeProvider time)
    {
        var after = request.Headers[LastEventId] is [{ Length: > 0 } id]
            ? changes.FromId(id) : changes.Last;
        return Stream(gate.Gate, lifetime, time, request.HttpContext,
            ct => ChangesAsync(changes, after, ct));
    }

    private static Results<ServerSentEventsResult<string>, ProblemResult> Stream(
        SubscriberGate gate, IHostApplicationLifetime lifetime, TimeProvider time,
        HttpContext context,
        Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> read)
    {
        if (!gate.TryEnter())
            return (ProblemResult)Problem.Unavailable("There are too many subscribers; try later.");
        // Streams have no end of their own: without this a stopping service would wait for them.
        var either = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.OnCompleted(() =>
        {
            gate.Leave();
            either.Dispose();
            return Task.CompletedTask;
        });
        return TypedResults.ServerSentEvents(EndQuietlyAsync(
            KeepAlive.WithPingsAsync(read(either.Token), time, either.Token), either.Token));
    }

    // A stream that is told to end is no failed request. No filter: of the linked tokens the inner
    // one may be cancelled a moment before the outer one, and nothing else cancels it.
    private static async IAsyncEnumerable<SseItem<string>> EndQuietlyAsync(
        IAsyncEnumerable<SseItem<string>> items, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var all = items.GetAsyncEnumerator(ct);
        while (true)
        {
            try
            {
                if (!await all.MoveNextAsync()) yield break;
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
            yield return all.Current;
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> SnapshotsAsync(
        LiveFeed feed, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var frame in feed.ReadAsync(after, ct))
        {
            yield return new SseItem<string>(frame.Json, "snapshot")
            {
                EventId = frame.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> ChangesAsync(
        ShopChanges changes, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        // At once, so that the subscriber has a place to come back to before anything changes.
        yield return new SseItem<string>("{}", "hello") { EventId = changes.ToId(after) };
        while (true)
        {
            var (newest, next, isReset) = await changes.ReadAsync(after, ct);
            after = next;
            if (isReset)
                yield return new SseItem<string>("{}", "reset") { EventId = changes.ToId(after) };
            for (var i = 0; i < newest.Count; i++)
            {
                yield return new SseItem<string>(
                    JsonSerializer.Serialize(newest[i], ApiJson.Wire.ProductChange), "change")
                {
                    // Only the last one of a batch: all before it would come again.
                    EventId = i == newest.Count - 1 ? changes.ToId(after) : null,
                };
            }
        }
    }
}

/// <summary>The places of <c>/v1/changes</c>.</summary>
internal sealed record ChangesGate(SubscriberGate Gate);
