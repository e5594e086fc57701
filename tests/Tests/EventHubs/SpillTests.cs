using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Tests.EventHubs.Broker;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>What becomes of events while the hub fails.</summary>
public sealed class SpillTests : IAsyncDisposable
{
    private readonly HubRun _run = new();

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData((int)SendFault.DetachBefore)]
    [InlineData((int)SendFault.DetachAfter)]
    public async Task A_send_that_fails_once_is_repeated_and_not_spilled(int fault)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = await _run.OpenAsync(_run.AddHub(1));
        await log.AppendAsync(LogSamples.Views("ann", 1), ct);
        _run.Broker.Faults.PlanSends((SendFault)fault);
        await log.AppendAsync(LogSamples.Views("ann", 1, 1), ct);

        Assert.Equal(0, log.SpillingPartitions);
        Assert.Equal(["ann-0", "ann-1"], (await log.ReadToEndAsync(0)).Ids().Distinct());
    }

    [Theory(Timeout = 30_000)]
    [InlineData((int)SendFault.SilentBefore)]
    [InlineData((int)SendFault.SilentAfter)]
    public async Task A_send_without_an_answer_is_kept_here_and_told_again(int fault)
    {
        var ct = TestContext.Current.CancellationToken;
        var options = _run.AddHub(1);
        (options.RetryCount, options.TryTimeout) = (0, TimeSpan.FromMilliseconds(300));
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 1), ct);
        _run.Broker.Faults.PlanSends((SendFault)fault);
        await log.AppendAsync(LogSamples.Views("ann", 1, 1), ct);

        Assert.Equal(["ann-0", "ann-1"], await ReadIdsAsync(log, "ann-1"));
    }

    [Fact(Timeout = 30_000)]
    public async Task While_the_hub_is_away_events_are_kept_here_and_drained_in_order_later()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 10), ct);
        _run.Broker.Faults.RefusesSends = true;
        for (var i = 10; i < 40; i += 10) await log.AppendAsync(LogSamples.Views("ann", 10, i), ct);
        Assert.Equal(1, log.SpillingPartitions);
        Assert.Equal(10, log.GetStatus(0).NextOffset);

        _run.Broker.Faults.RefusesSends = false;
        await log.AppendAsync(LogSamples.Views("ann", 10, 40), ct);

        Assert.Equal(LogSamples.Views("ann", 50).Ids(), await ReadIdsAsync(log, "ann-49"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Once_drained_the_spill_is_gone_and_events_go_to_the_hub_again()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = await _run.OpenAsync(_run.AddHub(1));
        _run.Broker.Faults.RefusesSends = true;
        await log.AppendAsync(LogSamples.Views("ann", 5), ct);
        _run.Broker.Faults.RefusesSends = false;
        for (var i = 5; log.SpillingPartitions > 0; i++)
            await log.AppendAsync(LogSamples.Views("ann", 1, i), ct);

        var next = log.GetStatus(0).NextOffset;
        await log.AppendAsync(LogSamples.Views("bob", 1), ct);

        Assert.Equal(next + 1, log.GetStatus(0).NextOffset);
        Assert.Empty(Directory.EnumerateDirectories(_run.SpillDirectory));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_kept_here_outlives_a_restart()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = _run.AddHub(2);
        await using (var log = await _run.OpenAsync(options))
        {
            _run.Broker.Faults.RefusesSends = true;
            await log.AppendAsync(LogSamples.Views("ann", 20), ct);
        }
        _run.Broker.Faults.RefusesSends = false;

        await using var again = await _run.OpenAsync(options);
        await again.AppendAsync(LogSamples.Views("ann", 1, 20), ct);

        Assert.Equal(LogSamples.Views("ann", 21).Ids(), await ReadIdsAsync(again, "ann-20"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_broker_that_dies_and_comes_back_loses_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = _run.AddHub(1);
        await using var log = await _run.OpenAsync(options);
        await log.AppendAsync(LogSamples.Views("ann", 5), ct);
        _run.Broker.Shut();
        await log.AppendAsync(LogSamples.Views("ann", 5, 5), ct);
        Assert.Equal(1, log.SpillingPartitions);
        _run.Broker.Open();
        await log.AppendAsync(LogSamples.Views("ann", 5, 10), ct);

        Assert.Equal(LogSamples.Views("ann", 15).Ids(), await ReadIdsAsync(log, "ann-14"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_the_hub_fails_each_shoppers_events_arrive_in_order(int seed)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = await _run.OpenAsync(_run.AddHub(2));
        var random = new Random(seed);
        for (var i = 0; i < 60; i++)
        {
            _run.Broker.Faults.RefusesSends = random.Next(3) == 0;
            if (random.Next(8) == 0) _run.Broker.Faults.PlanSends(SendFault.DetachAfter);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(shopper =>
                log.AppendAsync(LogSamples.Views($"v{shopper}", 1, i), ct).AsTask()));
        }
        _run.Broker.Faults.RefusesSends = false;

        for (var shopper = 0; shopper < 4; shopper++)
        {
            var ids = await ReadIdsAsync(
                log, $"v{shopper}-59", log.PartitionOf(new($"v{shopper}")));
            Assert.Equal(
                LogSamples.Views($"v{shopper}", 60).Ids(),
                ids.Where(id => id.StartsWith($"v{shopper}-", StringComparison.Ordinal)));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_spill_an_append_fails_as_soon_as_the_hub_does()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = _run.AddHub(1);
        options.SpillBytes = 0;
        await using var log = await _run.OpenAsync(options);
        _run.Broker.Faults.RefusesLinks = true;

        var fault = await Assert.ThrowsAsync<LogAppendException>(
            async () => await log.AppendAsync(LogSamples.Views("ann", 1), ct));

        Assert.Contains("EventHubs:SpillBytes", fault.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_spill_nothing_is_written_here()
    {
        var options = _run.AddHub(1);
        options.SpillBytes = 0;
        await using var log = await _run.OpenAsync(options);

        Assert.False(Directory.Exists(_run.SpillDirectory));
    }

    /// <summary>The ids of a partition, each at its first time, up to one.</summary>
    private static async Task<List<string>> ReadIdsAsync(
        EventHubsEventLog log, string last, int partition = 0)
    {
        var ids = new List<string>();
        await foreach (var batch in log.ReadAsync(partition, 0, 100, default))
        {
            foreach (var one in batch.ToArray().Ids()) if (!ids.Contains(one)) ids.Add(one);
            if (ids.Contains(last)) return ids;
        }
        return ids;
    }
}
