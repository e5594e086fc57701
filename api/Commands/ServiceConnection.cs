using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// Requests to the service that survive its restart: what may pass (no connection, a broken one,
/// a timeout, a full queue) is tried again, less and less often, until it lasts too long. Only
/// for requests that may be repeated. Any thread.
/// </summary>
internal sealed class ServiceConnection : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    // Often enough that a restart costs little, seldom enough that it is left in peace.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    // A service may ask for more, but not for a replay that seems to hang.
    private static readonly TimeSpan LongestAskedWait = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private long _retries;

    /// <param name="address">The service.</param>
    /// <param name="patience">How long a request is tried again.</param>
    /// <param name="time">The clock of the waiting.</param>
    public ServiceConnection(Uri address, TimeSpan patience, TimeProvider time)
    {
        Address = address;
        _patience = patience;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        })
        {
            BaseAddress = address.AbsolutePath.EndsWith('/') ? address : new Uri(address + "/"),
            Timeout = TimeSpan.FromSeconds(100),
        };
    }

    public Uri Address { get; }

    /// <summary>Requests that were repeated.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>The answer, whatever its status, unless that says "later".</summary>
    /// <exception cref="CommandFailedException">It did not get better in time.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> newRequest, CancellationToken ct)
    {
        var wait = FirstWait;
        long? firstFault = null;
        while (true)
        {
            var (response, fault, asked) = await TryAsync(newRequest, ct);
            if (response is not null) return response;
            firstFault ??= _time.GetTimestamp();
            if (_time.GetElapsedTime(firstFault.Value) >= _patience)
            {
                throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture,
                    $"{Address} did not answer for {_patience.TotalSeconds:0.#} s: {fault}"));
            }
            Interlocked.Increment(ref _retries);
            await Task.Delay(asked > wait ? asked : wait, _time, ct);
            wait = 2 * wait < LongestWait ? 2 * wait : LongestWait;
        }
    }

    /// <summary>One try, without patience; null where it did not work out.</summary>
    public async Task<HttpResponseMessage?> TryGetAsync(string path, CancellationToken ct) =>
        (await TryAsync(() => new HttpRequestMessage(HttpMethod.Get, path), ct)).Response;

    public void Dispose() => _http.Dispose();

    private async Task<(HttpResponseMessage? Response, string Fault, TimeSpan Asked)> TryAsync(
        Func<HttpRequestMessage> newRequest, CancellationToken ct)
    {
        try
        {
            using var request = newRequest();
            var response = await _http.SendAsync(request, ct);
            if (!MayPass(response.StatusCode)) return (response, "", TimeSpan.Zero);
            using (response)
                return (null, $"status {(int)response.StatusCode}", AskedWait(response));
        }
        catch (HttpRequestException e)
        {
            return (null, e.Message, TimeSpan.Zero);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return (null, e.Message, TimeSpan.Zero);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, "no answer in time", TimeSpan.Zero);
        }
    }

    private static bool MayPass(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
        or HttpStatusCode.GatewayTimeout;

    private TimeSpan AskedWait(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        return asked < LongestAskedWait ? asked : LongestAskedWait;
    }
}
