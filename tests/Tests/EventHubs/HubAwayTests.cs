using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;
using TemporaryDirectory = StreamCommerce.Tests.Engine.Pipeline.TemporaryDirectory;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>A hub that is away when the log is opened, and one that goes away under its readers.
/// </summary>
public sealed class HubAwayTests : IAsyncDisposable
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
    public async Task A_hub_that_was_open_before_is_opened_as_it_was_and_gets_its_events_later()
    {
        var options = await KnowAsync(2);
        _run.Broker.Shut();

        await using var log = await _run.OpenAsync(options);
        Assert.Equal(2, log.PartitionCount);
        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        Assert.Equal(1, log.SpillingPartitions);
        _run.Broker.Open();

        var partition = log.PartitionOf(new("ann"));
        Assert.Equal(LogSamples.Views("ann", 10).Ids(), await ReadAsync(log, partition, 10));
    }

    [Fact(Timeout = 30_000)]
    public async Task While_it_is_awaited_the_log_says_since_when_and_how_much_waits()
    {
        var options = await KnowAsync(1);
        _run.Broker.Shut();
        await using var log = await _run.OpenAsync(options);
        var before = log.Spill!.Value;

        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);

        var spill = log.Spill!.Value;
        Assert.Equal((0, 0L), (before.Partitions, before.Events));
        Assert.Equal((1, 10L, before.Since), (spill.Partitions, spill.Events, spill.Since));
        Assert.True(spill.Bytes > 0);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_is_said_to_wait_once_the_hub_has_it_all()
    {
        var options = await KnowAsync(1);
        _run.Broker.Shut();
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        _run.Broker.Open();
        for (var i = 10; log.Spill is not null; i++)
            await log.AppendAsync(LogSamples.Views("ann", 1, i), Ct);

        var next = log.GetStatus(0).NextOffset;
        await log.AppendAsync(LogSamples.Views("bob", 1), Ct);

        Assert.Equal(next + 1, log.GetStatus(0).NextOffset);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_waits_outlives_a_restart_with_the_time_of_the_oldest()
    {
        var options = await KnowAsync(1);
        _run.Broker.Shut();
        var time = new FakeTimeProvider();
        var appended = time.GetUtcNow();
        await using (var log = await _run.OpenAsync(options, time))
            await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        time.Advance(TimeSpan.FromHours(1));

        await using var again = await _run.OpenAsync(options, time);

        Assert.Equal((10, appended), (again.Spill!.Value.Events, again.Spill!.Value.Since));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_waits_for_one_hub_is_not_sent_to_another()
    {
        await LeaveAsync(await KnowAsync(1));
        var other = _run.AddHub(1);

        var fault = await Assert.ThrowsAsync<IOException>(() => _run.OpenAsync(other));

        Assert.Contains(
            Path.Combine(_run.SpillDirectory, "p00"), fault.Message, StringComparison.Ordinal);
        Assert.Contains("EventHubs:SpillDirectory", fault.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_waits_for_a_hub_is_not_sent_to_one_made_anew_with_fewer_partitions()
    {
        var options = await KnowAsync(2);
        await LeaveAsync(options);
        _run.Broker.AddHub(_run.Hub.Name, 1, TimeProvider.System);

        var fault = await Assert.ThrowsAsync<IOException>(() => _run.OpenAsync(options));

        Assert.Contains("with 2 partitions", fault.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hub_opens_where_nothing_can_be_noted_of_it()
    {
        var options = _run.AddHub(1);
        await File.WriteAllTextAsync(_run.SpillDirectory, "A file where the folder would be.", Ct);

        await using var log = await _run.OpenAsync(options);

        Assert.Equal(1, log.PartitionCount);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hub_that_was_never_reached_is_named_and_what_is_missing_is_told()
    {
        var options = _run.AddHub(1);
        _run.Broker.Shut();

        var fault = await Assert.ThrowsAsync<IOException>(() => _run.OpenAsync(options));

        Assert.Contains(_run.Hub.Name, fault.Message, StringComparison.Ordinal);
        Assert.Contains("never reached", fault.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_known_of_one_hub_does_not_open_another()
    {
        await KnowAsync(1);
        var other = _run.AddHub(2);
        _run.Broker.Shut();

        await Assert.ThrowsAsync<IOException>(() => _run.OpenAsync(other));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hub_that_refuses_is_not_taken_for_one_that_is_away()
    {
        var options = await KnowAsync(1);
        _run.Broker.RemoveHub(_run.Hub.Name);

        await Assert.ThrowsAsync<IOException>(() => _run.OpenAsync(options));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_read_that_meets_a_hub_gone_away_goes_on_when_it_is_back()
    {
        await using var log = await _run.OpenAsync(_run.AddHub(1));
        await log.AppendAsync(LogSamples.Views("ann", 5), Ct);
        await using var reading = log.ReadAsync(0, 0, 100, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await reading.MoveNextAsync());
        _run.Broker.Shut();
        var next = reading.MoveNextAsync().AsTask();
        await log.AppendAsync(LogSamples.Views("ann", 5, 5), Ct);
        _run.Broker.Open();

        Assert.True(await next);
        Assert.Equal("ann-5", reading.Current.Span[0].Event.Id.Value);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_offset_that_the_hub_has_not_reached_is_refused_when_it_is_back()
    {
        var options = await KnowAsync(1);
        _run.Broker.Shut();
        await using var log = await _run.OpenAsync(options);
        var reading = log.ReadAsync(0, 100, 10, Ct).GetAsyncEnumerator(Ct);
        var next = reading.MoveNextAsync().AsTask();
        _run.Broker.Open();

        await Assert.ThrowsAsync<InvalidDataException>(() => next);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_engine_starts_with_its_state_and_reads_on_when_the_hub_is_back()
    {
        var options = _run.AddHub(2);
        await using (var log = await _run.OpenAsync(options))
        {
            await EngineRun.AppendAsync(log, new RandomShop(1).Events(100), Ct);
            await using var run = await EngineRun.StartAsync(
                log, EngineRun.Options(_directory), Ct);
            await run.Engine.CatchUpAsync(Ct);
        }
        _run.Broker.Shut();
        await using var reopened = await _run.OpenAsync(options);
        await using var again = await EngineRun.StartAsync(
            reopened, EngineRun.Options(_directory), Ct);
        Assert.Equal((100, 0), (again.Engine.HandledEvents, again.Engine.Lag));
        await reopened.AppendAsync(LogSamples.Views("ann", 10), Ct);
        _run.Broker.Open();

        while (again.Engine.HandledEvents < 110) await Task.Yield();
        Assert.Equal(0, again.Engine.LostEvents);
    }

    /// <summary>Leaves events that wait for a hub.</summary>
    private async Task LeaveAsync(EventHubsOptions options)
    {
        _run.Broker.Shut();
        await using (var log = await _run.OpenAsync(options))
            await log.AppendAsync(LogSamples.Views("ann", 10), Ct);
        _run.Broker.Open();
    }

    /// <summary>A hub that a log has been opened on.</summary>
    private async Task<EventHubsOptions> KnowAsync(int partitionCount)
    {
        var options = _run.AddHub(partitionCount);
        await (await _run.OpenAsync(options)).DisposeAsync();
        return options;
    }

    private static async Task<IEnumerable<string>> ReadAsync(
        EventHubsEventLog log, int partition, int count)
    {
        var ids = new List<string>();
        await foreach (var batch in log.ReadAsync(partition, 0, 100, Ct))
        {
            ids.AddRange(batch.ToArray().Ids());
            if (ids.Count >= count) break;
        }
        return ids;
    }
}
