using System.Net;
using System.Text;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using Xunit;

namespace StreamCommerce.Tests.Api.Hosting;

/// <summary>Two instances of the service on one account, whose replica is behind.</summary>
public sealed class StoreSessionTests : IAsyncLifetime
{
    private const string Region = "West Europe";

    private readonly CosmosGateway _gateway = new(TimeProvider.System);
    private readonly string _folder = Directory.CreateTempSubdirectory("streamcommerce-").FullName;
    private readonly HttpClient _http = new();
    private CosmosGatewayServer _account = null!;
    private ServiceHost _one = null!;
    private ServiceHost _other = null!;

    public async ValueTask InitializeAsync()
    {
        _account = await CosmosGatewayServer.StartAsync(_gateway);
        await _account.MakeShopAsync();
        _one = await StartAsync("one", 0);
        _other = await StartAsync("other", 1);
        await SendAsync(_one, HttpMethod.Put, "/v1/products/tea", null,
            """{"title":"Tea","price":{"amount":2.50,"currency":"EUR"}}""");
        await SetAsync(1);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _account.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Who_brings_no_session_along_reads_what_the_replica_has()
    {
        _gateway.Hold(Region);
        await SetAsync(2);

        Assert.Equal("1", (await ReadAsync(session: null))["lines.0.quantity"]);
    }

    [Fact]
    public async Task Who_brings_the_session_along_reads_what_was_written()
    {
        _gateway.Hold(Region);
        var session = (await SetAsync(2)).Headers["Store-Session"];
        var reads = 0;
        _gateway.Faults = request =>
        {
            // The replica catches up while it is asked.
            if (request.Kind == RequestKind.ReadItem && Interlocked.Increment(ref reads) == 3)
                _gateway.Release(Region);
            return null;
        };

        Assert.Equal("2", (await ReadAsync(session))["lines.0.quantity"]);
    }

    [Fact]
    public async Task What_is_no_session_is_none() => Assert.Equal("1",
        (await ReadAsync("%%%")).MustBe(HttpStatusCode.OK)["lines.0.quantity"]);

    [Fact]
    public async Task An_answer_that_has_written_nothing_carries_no_session_not_even_the_own()
    {
        var session = (await SetAsync(2)).Headers["Store-Session"];

        Assert.False((await ReadAsync(null)).Headers.ContainsKey("Store-Session"));
        Assert.False((await ReadAsync(session)).Headers.ContainsKey("Store-Session"));
    }

    private Task<ServiceHost> StartAsync(string name, int node) => ServiceHost.StartAsync(new()
    {
        DataDirectory = Path.Combine(_folder, name),
        Urls = "http://127.0.0.1:0",
        Configuration = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Warning",
            ["Log:PartitionCount"] = "1",
            ["Storage"] = "Cosmos",
            ["Cosmos:Endpoint"] = _account.Endpoint.ToString(),
            ["Cosmos:Key"] = _gateway.Key,
            ["Cosmos:Node"] = node.ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
    }, CancellationToken.None);

    private Task<Answer> SetAsync(int quantity) => SendAsync(_one, HttpMethod.Put,
        "/v1/carts/basket/lines/tea", null, $$"""{"quantity":{{quantity}}}""");

    private Task<Answer> ReadAsync(string? session) =>
        SendAsync(_other, HttpMethod.Get, "/v1/carts/basket", session, null);

    private async Task<Answer> SendAsync(
        ServiceHost to, HttpMethod method, string path, string? session, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(to.Address, path));
        if (session is not null) request.Headers.Add("Store-Session", session);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, answer.Text);
        return answer;
    }
}
