using System.Net;
using System.Text;

namespace StreamCommerce.Tests.Simulation.Account;

/// <summary>
/// The way from one process to its account. Each request about documents has its effect at some
/// moment between question and answer, or is refused for now, or its answer is lost; and the
/// process may die before and after. What the client asks of the account itself always works: it
/// does that once, in real time.
/// </summary>
internal sealed class SimulatedNetwork(
    HttpMessageHandler account, SimulatedShop shop, Life life) : DelegatingHandler(account)
{
    // What the service says while it is busy, and after it has lost its way.
    private static readonly HttpStatusCode[] Refusals =
        [HttpStatusCode.TooManyRequests, HttpStatusCode.RequestTimeout];

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.Contains("/docs", StringComparison.Ordinal)
            || request.Headers.Contains("x-ms-cosmos-is-query-plan-request"))
        {
            return await base.SendAsync(request, cancellationToken);
        }
        await PauseAsync();
        await shop.CrashPointAsync(life, "before store");
        var isWrite = request.Method != HttpMethod.Get
            && !request.Headers.Contains("x-ms-documentdb-isquery");
        if (Strikes()) return Refused(request, shop.Chance.Of<HttpStatusCode>(Refusals));
        var response = await base.SendAsync(request, cancellationToken);
        if (isWrite && response.IsSuccessStatusCode) shop.Written();
        await shop.CrashPointAsync(life, "after write");
        await PauseAsync();
        return Strikes()
            ? Refused(request, HttpStatusCode.RequestTimeout) : response;
    }

    // Whether the request that was just gone on with has been refused: then the SDK thinks about
    // that, mostly on another thread.
    private bool _isRefused;

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
            (_isRefused, var asked) = (false, shop.World.AskedHere);
            try
            {
                over.SetResult();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
            // Where its caller has heard of the refusal already, nobody has left.
            if (!_isRefused) return;
            if (shop.World.AskedHere == asked) shop.World.Leave();
        });
        return over.Task;
    }

    private HttpResponseMessage Refused(HttpRequestMessage request, HttpStatusCode status)
    {
        _isRefused = true;
        var response = new HttpResponseMessage(status)
        {
            RequestMessage = request,
            Content = new StringContent(
                """{"code":"Simulated","message":"Not now."}""", Encoding.UTF8, "application/json"),
        };
        if (status == HttpStatusCode.TooManyRequests)
        {
            response.Headers.Add("x-ms-substatus", "3200");
            response.Headers.Add("x-ms-retry-after-ms", "20");
        }
        return response;
    }
}
