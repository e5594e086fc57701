using System.Net;
using System.Net.Sockets;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Ingest.EventHubs;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>A hub whose connections are taken, and which then says nothing.</summary>
public sealed class HubStatusTests : IAsyncDisposable
{
    private readonly TcpListener _silence = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly FakeTimeProvider _time = new();
    private readonly EventHubProducerClient _client;
    private readonly HubStatus _status;
    private int _told;

    public HubStatusTests()
    {
        _silence.Start();
        var port = ((IPEndPoint)_silence.LocalEndpoint).Port;
        var options = new EventHubsOptions
        {
            ConnectionString = $"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=test;" +
                "SharedAccessKey=dGVzdA==;UseDevelopmentEmulator=true;EntityPath=events",
            // Longer than any test may take.
            TryTimeout = TimeSpan.FromMinutes(1),
            RetryCount = 0,
        };
        _client = new(options.ConnectionString, new EventHubProducerClientOptions
        {
            RetryOptions = HubConnections.Retries(options),
        });
        _status = new(0, "0", _client, options, _time, _ => _told++, _closing.Token);
    }

    public async ValueTask DisposeAsync()
    {
        // Ends the opening of a connection, which the client does not cancel.
        _silence.Dispose();
        await _closing.CancelAsync();
        await _status.EndAsync();
        await _client.DisposeAsync();
        _closing.Dispose();
    }

    [Fact(Timeout = 20_000)]
    public async Task A_hub_that_is_known_to_be_away_is_not_waited_for()
    {
        _status.Away(new TimeoutException("planned"));

        Assert.Null(await Task.Run(_status.Find, TestContext.Current.CancellationToken));
        Assert.Equal(0, _told);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_hub_that_falls_silent_is_waited_for_a_moment_and_the_others_are_told()
    {
        var found = Task.Run(_status.Find, TestContext.Current.CancellationToken);
        while (!found.IsCompleted)
        {
            _time.Advance(HubStatus.Patience);
            await Task.Yield();
        }

        Assert.Null(await found);
        Assert.Equal(1, _told);
    }

    [Fact]
    public void A_refusal_does_not_mean_that_it_is_away()
    {
        _status.Away(new InvalidOperationException("planned"));

        Assert.False(_status.IsAway);
    }
}
