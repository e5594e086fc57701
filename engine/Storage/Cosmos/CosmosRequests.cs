using System.Diagnostics;
using System.Net;
using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>How a request was answered, whatever kind it was.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Charge">Request units.</param>
/// <param name="RetryAfter">When to come back, where the account said so.</param>
internal readonly record struct Reply(HttpStatusCode Status, double Charge, TimeSpan? RetryAfter)
{
    /// <summary>What the status means more exactly; 0 where nothing is said.</summary>
    public int SubStatus { get; init; }
}

/// <summary>The replicas that may answer stay behind what the session has written or read.
/// </summary>
internal sealed class SessionBehindException(string message, Exception? inner)
    : StoreUnavailableException(message, inner);

/// <summary>
/// Sends requests to the account and repeats what failed for the moment: 429 and 449, and what
/// got no answer (408, 410, 500, 503, a broken connection, our own timeout). A write that got no
/// answer may have happened: it may be repeated since every write of ours has an id, an ETag or a
/// predicate that makes the second one do nothing. Any thread.
/// </summary>
/// <remarks>
/// The SDK's own waits for 429 are switched off (<see cref="CosmosAccount"/>), so that there is
/// one limit, on one clock.
/// </remarks>
internal sealed class CosmosRequests(CosmosOptions options, TimeProvider time)
{
    // SDK and service ask for 10 ms and more after a 449; it is gone as soon as the other write is.
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);

    // A caller's token may name what no region has: the next reads go without it.
    private const int BehindLimit = 2;

    private const int SessionBehind = 1002;
    private const int OwnerMissing = 1003;

    private static readonly Func<ResponseMessage, Reply> OfMessage = static response => new(
        response.StatusCode, response.Headers.RequestCharge, response.Headers.RetryAfter())
    {
        SubStatus = response.Headers.SubStatus(),
    };

    private static readonly Func<TransactionalBatchResponse, Reply> OfBatch = static response =>
        new(response.StatusCode, response.RequestCharge, response.RetryAfter)
        {
            SubStatus = response.Headers.SubStatus(),
        };

    /// <summary>Sends a request about one document.</summary>
    /// <param name="container">Where.</param>
    /// <param name="operation">What, as the metrics name it.</param>
    /// <param name="send">Sends it, each time anew.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="hasSession">Whether it asks for what a caller's session has seen: that is not
    /// waited for for long.</param>
    public ValueTask<ResponseMessage> SendAsync(
        string container, string operation,
        Func<CancellationToken, Task<ResponseMessage>> send, CancellationToken ct,
        bool hasSession = false) =>
        SendAsync(container, operation, send, OfMessage, hasSession, ct);

    /// <summary>Sends a transactional batch.</summary>
    public ValueTask<TransactionalBatchResponse> SendAsync(
        string container, string operation,
        Func<CancellationToken, Task<TransactionalBatchResponse>> send, CancellationToken ct) =>
        SendAsync(container, operation, send, OfBatch, hasSession: false, ct);

    /// <summary>Reads a page of a query; of a caller's session, not for long.</summary>
    public async ValueTask<FeedResponse<T>> ReadAsync<T>(
        string container, FeedIterator<T> pages, bool hasSession, CancellationToken ct) =>
        await SendAsync(container, "query", pages.ReadNextAsync,
            static page => new(page.StatusCode, page.RequestCharge, null), hasSession, ct);

    /// <exception cref="StoreUnavailableException">It failed for longer than it is repeated, or
    /// for good.</exception>
    private async ValueTask<T> SendAsync<T>(
        string container, string operation, Func<CancellationToken, Task<T>> send,
        Func<T, Reply> replyOf, bool hasSession, CancellationToken ct) where T : class
    {
        for (var attempt = 0; ; attempt++)
        {
            var start = Stopwatch.GetTimestamp();
            var (response, reply, fault) = await TryAsync(send, replyOf, ct);
            CosmosInstruments.Requested(
                container, operation, reply, Stopwatch.GetElapsedTime(start));
            var next = Judge(reply);
            if (next == Next.Take && response is not null) return response;
            (response as IDisposable)?.Dispose();
            if (reply.SubStatus == OwnerMissing || (next == Next.Take && response is null))
            {
                throw new StoreUnavailableException($"There is no container {container}, or no " +
                    "database: `cloud init` makes them.", fault);
            }
            // Who is told to come back later than it would wait is sent away with that.
            var isBehind = hasSession && reply.SubStatus == SessionBehind;
            if (next == Next.GiveUp || attempt == options.RetryLimit
                || (isBehind && attempt >= BehindLimit)
                || reply.RetryAfter > options.RetryWaitMaximum)
            {
                throw Failed($"{operation} in {container}", next, reply, attempt + 1, fault);
            }
            await Task.Delay(WaitOf(attempt, reply.RetryAfter), time, ct);
        }
    }

    private StoreUnavailableException Failed(
        string request, Next next, Reply reply, int times, Exception? fault)
    {
        var told = $"{request} was answered {(int)reply.Status} ({reply.Status})";
        if (next == Next.GiveUp) return new(told + ".", fault);
        told += $" {times} times.";
        var later = reply.RetryAfter ?? options.RetryWaitMaximum;
        return reply.SubStatus == SessionBehind
            ? new SessionBehindException(told, fault) { RetryAfter = later }
            : new StoreUnavailableException(told, fault) { RetryAfter = later };
    }

    private async ValueTask<(T? Response, Reply Reply, Exception? Fault)> TryAsync<T>(
        Func<CancellationToken, Task<T>> send, Func<T, Reply> replyOf, CancellationToken ct)
        where T : class
    {
        using var timeout = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            var response = await SendAsync(send, either.Token);
            return (response, replyOf(response), null);
        }
        catch (CosmosException fault)
        {
            return (null, new(fault.StatusCode, fault.RequestCharge, fault.RetryAfter)
            {
                SubStatus = fault.SubStatusCode,
            }, fault);
        }
        catch (OperationCanceledException fault) when (!ct.IsCancellationRequested)
        {
            return (null, new(HttpStatusCode.RequestTimeout, 0, null), fault);
        }
        catch (HttpRequestException fault)
        {
            return (null, new(HttpStatusCode.ServiceUnavailable, 0, null), fault);
        }
    }

    // Where there is a synchronization context, the SDK takes a pool thread for each call.
    private static Task<T> SendAsync<T>(
        Func<CancellationToken, Task<T>> send, CancellationToken ct)
    {
        var context = SynchronizationContext.Current;
        if (context is null) return send(ct);
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return send(ct);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private TimeSpan WaitOf(int attempt, TimeSpan? asked)
    {
        var wait = asked is { } given && given > TimeSpan.Zero
            ? given
            : FirstWait * (1 << Math.Min(attempt, 10));
        return wait < options.RetryWaitMaximum ? wait : options.RetryWaitMaximum;
    }

    private static Next Judge(Reply reply) => (int)reply.Status switch
    {
        404 when reply.SubStatus == OwnerMissing => Next.GiveUp,
        // The replica that was asked is behind the caller's own writes.
        404 when reply.SubStatus == SessionBehind => Next.Repeat,
        < 300 or 304 or 404 or 409 or 412 => Next.Take,
        // Refused before any effect.
        429 or 449 => Next.Repeat,
        // No answer: it may have happened.
        408 or 410 or 500 or 502 or 503 or 504 => Next.Repeat,
        _ => Next.GiveUp,
    };

    private enum Next
    {
        Take,
        Repeat,
        GiveUp,
    }
}

/// <summary>What the SDK keeps in headers only.</summary>
internal static class CosmosHeaders
{
    /// <summary>When to come back after a 429; null where nothing is said.</summary>
    public static TimeSpan? RetryAfter(this Headers headers) =>
        headers.TryGetValue("x-ms-retry-after-ms", out var text)
            && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var ms)
                ? TimeSpan.FromMilliseconds(ms)
                : null;

    /// <summary>The sub-status; 0 where there is none.</summary>
    public static int SubStatus(this Headers headers) =>
        headers.TryGetValue("x-ms-substatus", out var text)
            && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var code)
                ? code : 0;
}
