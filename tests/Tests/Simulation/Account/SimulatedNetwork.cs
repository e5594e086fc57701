using System.Globalization;
using System.Net;
using System.Text;

namespace StreamCommerce.Tests.Simulation.Account;

/// <summary>
/// The way from one process to its account. Each request about documents has its effect at some
/// moment between question and answer, or is refused for now, or its answer is lost; and the
/// process may die before and after. Reads go to a replica near the process. What the client asks
/// of the account itself always works: it does that once, in real time.
/// </summary>
internal sealed class SimulatedNetwork(
    HttpMessageHandler account, Uri replica, SimulatedShop shop, Life life)
    : DelegatingHandler(account)
{
    // Without an effect: what the service says while it is busy, and after it has lost its way.
    private static readonly Trouble[] BeforeEffect =
    [
        Trouble.Throttled, Trouble.Throttled, Trouble.Contended, Trouble.Gone,
        Trouble.Unavailable, Trouble.TimedOut, Trouble.Broken,
    ];

    private static readonly Trouble[] AfterEffect =
        [Trouble.Unavailable, Trouble.TimedOut, Trouble.TimedOut, Trouble.Broken];

    /// <summary>How a request fails; the numbers are those of the answers.</summary>
    private enum Trouble
    {
        Broken = 0,
        TimedOut = 408,
        Gone = 410,
        Throttled = 429,
        Contended = 449,
        Unavailable = 503,
    }

    // What the SDK repeats by itself it sends from other threads.
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.Contains("/docs", StringComparison.Ordinal)
            || request.Headers.Contains("x-ms-cosmos-is-query-plan-request"))
        {
            return base.SendAsync(request, cancellationToken);
        }
        return shop.World.IsHere
            ? SendAsync(request, isHere: true, cancellationToken)
            : Task.FromResult(shop.World.DoHere(
                life, () => SendAsync(request, isHere: false, cancellationToken)));
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, bool isHere, CancellationToken cancellationToken)
    {
        await PauseAsync();
        await shop.CrashPointAsync(life, "before store");
        if (Strikes()) return Fail(request, isHere, shop.Chance.Of<Trouble>(BeforeEffect));
        var isWrite = request.Method != HttpMethod.Get
            && !request.Headers.Contains("x-ms-documentdb-isquery");
        // Who gives up waiting does not call back what is on its way.
        var response = isWrite
            ? await base.SendAsync(request, CancellationToken.None)
            : await ReadAsync(request);
        if (isWrite && response.IsSuccessStatusCode) shop.Written();
        await shop.CrashPointAsync(life, "after write");
        shop.StandStillPoint(life);
        await PauseAsync();
        if (cancellationToken.IsCancellationRequested)
        {
            _hasFailed = isHere;
            throw new TaskCanceledException("The simulated process does not wait any longer.");
        }
        return Strikes()
            ? Fail(request, isHere, shop.Chance.Of<Trouble>(AfterEffect)) : response;
    }

    private Task<HttpResponseMessage> ReadAsync(HttpRequestMessage request)
    {
        request.RequestUri = new(replica, request.RequestUri!.PathAndQuery);
        return base.SendAsync(request, CancellationToken.None);
    }

    // Whether the request that was just gone on with has failed: then the SDK thinks about that,
    // mostly on another thread.
    private bool _hasFailed;

    private bool Strikes()
    {
        if (!shop.Chance.Strikes(shop.Chance.StoreFault)) return false;
        shop.StoreFailed();
        return true;
    }

    // The SDK goes on where it is called, on the one thread, only without a context.
    private Task PauseAsync()
    {
        var over = new TaskCompletionSource();
        shop.World.After(shop.Chance.StoreDelay(), life, () =>
        {
            var context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            (_hasFailed, var asked) = (false, shop.World.AskedHere);
            try
            {
                over.SetResult();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
            // Where its caller has heard of the failure already, nobody has left.
            if (!_hasFailed) return;
            if (shop.World.AskedHere == asked) shop.World.Leave();
        });
        return over.Task;
    }

    private HttpResponseMessage Fail(HttpRequestMessage request, bool isHere, Trouble trouble)
    {
        _hasFailed = isHere;
        shop.Trace.Add("fails", trouble.ToString());
        if (trouble == Trouble.Broken)
        {
            throw new HttpRequestException(
                HttpRequestError.ConnectionError, "The simulated connection broke.");
        }
        var response = new HttpResponseMessage((HttpStatusCode)trouble)
        {
            RequestMessage = request,
            // The SDK cannot put an answer without one into words.
            ReasonPhrase = trouble.ToString(),
            Content = new StringContent(
                """{"code":"Simulated","message":"Not now."}""", Encoding.UTF8, "application/json"),
        };
        if (trouble == Trouble.Throttled)
        {
            response.Headers.Add("x-ms-substatus", "3200");
            response.Headers.Add("x-ms-retry-after-ms",
                (20 * shop.Chance.Of(1, 1, 50)).ToString(CultureInfo.InvariantCulture));
        }
        return response;
    }
}
