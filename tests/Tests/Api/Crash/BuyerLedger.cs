using System.Collections.Concurrent;
using System.Net;
using System.Text;
using StreamCommerce.Tests.Api.Hosting;

namespace StreamCommerce.Tests.Api.Crash;

/// <summary>A request of a buyer, and what came of it as far as the buyer knows.</summary>
/// <param name="Path">Where it was sent.</param>
/// <param name="Key">Its idempotency key.</param>
/// <param name="Body">What was sent.</param>
internal sealed record BuyerRequest(string Path, string Key, string Body)
{
    private Answer? _answer;

    /// <summary>The first definite answer; null while there is none.</summary>
    public Answer? Answer => Volatile.Read(ref _answer);

    /// <summary>Whether the service said that it was done.</summary>
    public bool IsDone => Answer is { } answer && (int)answer.Status < 300;

    public void Answered(Answer answer) => Interlocked.CompareExchange(ref _answer, answer, null);
}

/// <summary>One buyer's order, under a key of its own, and what was done with it after.</summary>
/// <param name="Visitor">The buyer, who buys once.</param>
/// <param name="Checkout">What was asked for.</param>
internal sealed record BuyerEntry(string Visitor, BuyerRequest Checkout)
{
    /// <summary>What was done with the order, in order.</summary>
    public ConcurrentQueue<BuyerRequest> Actions { get; } = [];

    /// <summary>The order that the buyer was told of; null where there was none.</summary>
    public string? Order => Checkout.IsDone ? Checkout.Answer!["id"] : null;
}

/// <summary>
/// Sends requests to a service that is killed now and then, and keeps what it answered: the
/// client's side of the truth. What has no answer is sent again, with the same key. Any thread.
/// </summary>
internal sealed class BuyerLedger(Uri address) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(30),
    };

    private long _answered;
    private long _lost;

    /// <summary>All buyers.</summary>
    public ConcurrentQueue<BuyerEntry> Entries { get; } = [];

    /// <summary>Answers that no service may give, whatever was asked and killed.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Definite answers so far.</summary>
    public long AnsweredCount => Volatile.Read(ref _answered);

    /// <summary>Requests whose answer was lost, each time.</summary>
    public long LostCount => Volatile.Read(ref _lost);

    /// <summary>Sends it once. False where no definite answer came.</summary>
    public async Task<bool> TryAsync(BuyerRequest asked, CancellationToken ct)
    {
        Answer answer;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, asked.Path)
            {
                Content = new StringContent(asked.Body, Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", asked.Key);
            using var response = await _client.SendAsync(request, ct);
            answer = await Answer.ReadAsync(response);
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            Interlocked.Increment(ref _lost);
            return false;
        }
        if (IsForLater(answer)) return false;
        Check(asked, answer);
        asked.Answered(answer);
        Interlocked.Increment(ref _answered);
        return true;
    }

    /// <summary>Sends it until there is a definite answer.</summary>
    public async Task SendAsync(BuyerRequest asked, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Pause);
        while (!await TryAsync(asked, ct)) await timer.WaitForNextTickAsync(ct);
    }

    public void Dispose() => _client.Dispose();

    // Still worked on; or the service is about to be there, or not any more.
    private static bool IsForLater(Answer answer) => answer.Status switch
    {
        HttpStatusCode.Conflict => IsKind(answer, "in-progress"),
        HttpStatusCode.ServiceUnavailable => !IsKind(answer, "payment-unavailable"),
        HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout => true,
        _ => false,
    };

    private void Check(BuyerRequest asked, Answer answer)
    {
        if ((int)answer.Status >= 500 && answer.Status != HttpStatusCode.ServiceUnavailable)
            Faults.Enqueue($"{asked.Path} {asked.Key}: {answer.Status} {answer.Text}");
        if (asked.Answer is { } before && before.Status < HttpStatusCode.Ambiguous
            && before["id"] != answer["id"])
        {
            Faults.Enqueue($"{asked.Key}: {before.Text}\nand later {answer.Text}");
        }
    }

    private static bool IsKind(Answer answer, string kind) =>
        answer.MediaType == "application/problem+json"
        && answer["type"] == $"urn:streamcommerce:problem:{kind}";
}
