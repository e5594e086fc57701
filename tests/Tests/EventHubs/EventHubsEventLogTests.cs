using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>The log's contract against the broker, and what only a hub has.</summary>
public sealed class EventHubsEventLogTests : EventLogContract, IAsyncDisposable
{
    private readonly HubRun _run = new();

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    protected override IEventLog Make(int partitionCount, bool retention = false) =>
        Open(partitionCount, Time);

    protected override IEventLog Make(int partitionCount, TimeProvider time) =>
        Open(partitionCount, time);

    protected override void ApplyRetention(IEventLog log)
    {
        foreach (var partition in _run.Hub.Partitions)
            partition.RemoveBefore(Time.GetUtcNow() - TimeSpan.FromHours(1));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_is_no_event_stands_in_its_place_and_says_why()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Open(1, Time);
        await log.AppendAsync(LogSamples.Views("ann", 1), ct);
        await SendForeignAsync("{\"specversion\":\"0.3\"}", "0");
        await log.AppendAsync(LogSamples.Views("ann", 1, 1), ct);

        var read = await log.ReadToEndAsync(0);

        Assert.Equal(["ann-0", "sequence-number-1", "ann-1"], read.Ids());
        Assert.Contains("/specversion", read[1].Problem, StringComparison.Ordinal);
        Assert.Null(read[2].Problem);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_replay_can_begin_at_a_time()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Open(1, Time);
        await log.AppendAsync(LogSamples.Views("ann", 10), ct);
        var between = Time.GetUtcNow();
        Time.Advance(TimeSpan.FromMinutes(1));
        await log.AppendAsync(LogSamples.Views("ann", 5, 10), ct);

        Assert.Equal(0, await log.FindOffsetAsync(0, between.AddMinutes(-1), ct));
        Assert.Equal(10, await log.FindOffsetAsync(0, between, ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task Batches_larger_than_a_message_may_be_are_split()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = _run.AddHub(1);
        options.BatchBytes = 128 * 1024;
        await using var log = await _run.OpenAsync(options);
        var large = Enumerable.Range(0, 1_000)
            .Select(i => LogSamples.View("ann", i, padding: 400)).ToArray();
        await log.AppendAsync(large, ct);

        Assert.Equal(large.Ids(), (await log.ReadToEndAsync(0)).Ids());
    }

    [Fact(Timeout = 30_000)]
    public async Task What_others_send_by_a_visitors_key_is_where_the_log_looks_for_the_visitor()
    {
        await using var log = Open(4, Time);
        await using var producer = new EventHubProducerClient(
            _run.Broker.ConnectionStringOf(_run.Hub.Name));
        for (var i = 0; i < 20; i++)
        {
            var e = LogSamples.View($"v{i}", i);
            await producer.SendAsync(
                [new EventData(CloudEventJson.ToText(e))],
                new SendEventOptions { PartitionKey = e.Visitor.Value });
        }

        for (var partition = 0; partition < 4; partition++)
        {
            Assert.All(await log.ReadToEndAsync(partition),
                one => Assert.Equal(partition, log.PartitionOf(one.Event.Visitor)));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hub_that_does_not_exist_is_named()
    {
        var options = _run.AddHub(1);
        options.ConnectionString = _run.Broker.ConnectionStringOf("nowhere");

        var fault = await Assert.ThrowsAsync<IOException>(() => _run.OpenAsync(options));

        Assert.Contains("nowhere", fault.Message, StringComparison.Ordinal);
    }

    private async Task SendForeignAsync(string body, string partition)
    {
        await using var producer = new EventHubProducerClient(
            _run.Broker.ConnectionStringOf(_run.Hub.Name));
        await producer.SendAsync([new EventData(Encoding.UTF8.GetBytes(body))],
            new SendEventOptions { PartitionId = partition });
    }

    [SuppressMessage(
        "Usage", "VSTHRD002", Justification = "The contract makes its logs without waiting.")]
    private EventHubsEventLog Open(int partitionCount, TimeProvider time) =>
        _run.OpenAsync(_run.AddHub(partitionCount, time), time).GetAwaiter().GetResult();
}
