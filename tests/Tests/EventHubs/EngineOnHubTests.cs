using System.Text;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;
using TemporaryDirectory = StreamCommerce.Tests.Engine.Pipeline.TemporaryDirectory;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>The engine, unchanged, over a hub.</summary>
public sealed class EngineOnHubTests : IAsyncDisposable
{
    private readonly HubRun _run = new();
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        _directory.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_no_event_becomes_a_dead_letter_and_the_engine_catches_up()
    {
        var options = _run.AddHub(2);
        await using var log = await _run.OpenAsync(options);
        await EngineRun.AppendAsync(log, new RandomShop(1).Events(100), Ct);
        await using (var producer = new EventHubProducerClient(options.ConnectionString))
        {
            foreach (var partition in (string[])["0", "1"])
            {
                await producer.SendAsync([new EventData(Encoding.UTF8.GetBytes("garbage"))],
                    new SendEventOptions { PartitionId = partition }, Ct);
            }
        }

        await using var run = await EngineRun.StartAsync(log, EngineRun.Options(_directory), Ct);
        await run.Engine.CatchUpAsync(Ct);

        Assert.Equal(102, run.Engine.HandledEvents);
        Assert.Equal(2, run.Engine.DeadLetters);
        Assert.Equal(0, run.Engine.Lag);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_visitor_is_forgotten_behind_what_others_have_appended_just_now()
    {
        var options = _run.AddHub(1);
        options.StatusAge = TimeSpan.FromMinutes(1);
        await using var log = await _run.OpenAsync(options);
        await using var run = await EngineRun.StartAsync(log, EngineRun.Options(_directory), Ct);
        await using (var producer = new EventHubProducerClient(options.ConnectionString))
        {
            await producer.SendAsync(
                [.. LogSamples.Views("ann", 5)
                    .Select(e => new EventData(CloudEventJson.ToText(e)))],
                new SendEventOptions { PartitionId = "0" }, Ct);
        }

        var erased = await run.Engine.ForgetAsync(new("ann"), Ct);

        Assert.Equal(5, erased.Offset);
        Assert.False(run.Engine.Knows(new("ann")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_checkpoint_follows_the_state_that_is_durable()
    {
        await using var log = await _run.OpenAsync(_run.AddHub(1));
        await EngineRun.AppendAsync(log, new RandomShop(1).Events(100), Ct);
        await using (var run = await EngineRun.StartAsync(
            log, EngineRun.Options(_directory), Ct))
        {
            await run.Engine.CatchUpAsync(Ct);
        }

        Assert.Equal([new("engine", 0, 100)], await log.GetCheckpointsAsync(Ct));
    }
}
