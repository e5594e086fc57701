using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>The broker does what the service's documentation says, as its own client sees it.
/// </summary>
public sealed class HubBrokerTests : IAsyncDisposable
{
    private readonly HubRun _run = new();
    private readonly FakeTimeProvider _time = new(LogSamples.Noon);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task It_tells_what_a_hub_and_a_partition_are()
    {
        await using var producer = new EventHubProducerClient(AddHub(3));
        await SendAsync(producer, 5, new() { PartitionId = "1" });

        var hub = await producer.GetEventHubPropertiesAsync(Ct);
        var partition = await producer.GetPartitionPropertiesAsync("1", Ct);

        Assert.Equal(["0", "1", "2"], hub.PartitionIds);
        Assert.Equal(LogSamples.Noon, hub.CreatedOn);
        Assert.Equal(0, partition.BeginningSequenceNumber);
        Assert.Equal(4, partition.LastEnqueuedSequenceNumber);
        Assert.Equal(LogSamples.Noon, partition.LastEnqueuedTime);
        Assert.True((await producer.GetPartitionPropertiesAsync("0", Ct)).IsEmpty);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("first", 0)]
    [InlineData("number 3", 4)]
    [InlineData("number 3 itself", 3)]
    [InlineData("offset", 3)]
    [InlineData("time", 5)]
    public async Task A_reader_begins_where_it_says(string where, int first)
    {
        var connection = AddHub(1);
        await using (var producer = new EventHubProducerClient(connection))
        {
            await SendAsync(producer, 5, new() { PartitionId = "0" });
            _time.Advance(TimeSpan.FromSeconds(1));
            await SendAsync(producer, 5, new() { PartitionId = "0" }, from: 5);
        }
        var position = where switch
        {
            "first" => EventPosition.Earliest,
            "number 3" => EventPosition.FromSequenceNumber(3, isInclusive: false),
            "number 3 itself" => EventPosition.FromSequenceNumber(3, isInclusive: true),
            "offset" => EventPosition.FromOffset(
                _run.Hub.Partitions[0].Events[2].OffsetText, isInclusive: false),
            _ => EventPosition.FromEnqueuedTime(LogSamples.Noon),
        };
        await using var receiver = new PartitionReceiver("$Default", "0", position, connection);

        var read = await receiver.ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct);

        Assert.Equal(first, Assert.Single(read).SequenceNumber);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_latest_position_sees_only_what_comes()
    {
        var connection = AddHub(1);
        await using var producer = new EventHubProducerClient(connection);
        await SendAsync(producer, 3, new() { PartitionId = "0" });
        await using var receiver = new PartitionReceiver(
            "$Default", "0", EventPosition.Latest, connection);
        Assert.Empty(await receiver.ReceiveBatchAsync(10, TimeSpan.FromMilliseconds(200), Ct));
        await SendAsync(producer, 1, new() { PartitionId = "0" }, from: 3);

        var read = await receiver.ReceiveBatchAsync(10, TimeSpan.FromSeconds(10), Ct);

        Assert.Equal("3", Assert.Single(read).MessageId);
    }

    [Fact(Timeout = 30_000)]
    public async Task Events_of_one_key_are_in_one_partition_and_say_their_key()
    {
        await using var producer = new EventHubProducerClient(AddHub(8));
        await SendAsync(producer, 20, new() { PartitionKey = "ann" });
        await SendAsync(producer, 20, new() { PartitionKey = "ann" });

        var partition = Assert.Single(_run.Hub.Partitions, one => one.Events.Count > 0);
        Assert.Equal(40, partition.Events.Count);
        Assert.All(partition.Events, e => Assert.Equal("ann", e.Key));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_with_a_higher_owner_level_takes_the_partition_over()
    {
        var connection = AddHub(1);
        await using var producer = new EventHubProducerClient(connection);
        await SendAsync(producer, 1, new() { PartitionId = "0" });
        await using var first = Reader(connection, ownerLevel: 1);
        await first.ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct);
        await using var second = Reader(connection, ownerLevel: 2);
        await second.ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct);

        // The read that the loss interrupts may end with nothing; the next one says why.
        var stolen = await Assert.ThrowsAsync<EventHubsException>(async () =>
        {
            while (true) await first.ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct);
        });

        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, stolen.Reason);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0L)]
    [InlineData(null)]
    public async Task A_reader_with_a_lower_owner_level_or_none_is_refused(long? level)
    {
        var connection = AddHub(1);
        await using var producer = new EventHubProducerClient(connection);
        await SendAsync(producer, 1, new() { PartitionId = "0" });
        await using var owner = Reader(connection, ownerLevel: 1);
        await owner.ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct);
        await using var other = Reader(connection, level);

        var refused = await Assert.ThrowsAsync<EventHubsException>(
            () => other.ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct));

        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, refused.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_sixth_reader_of_a_group_is_refused()
    {
        var connection = AddHub(1);
        await using var producer = new EventHubProducerClient(connection);
        await SendAsync(producer, 1, new() { PartitionId = "0" });
        var readers = Enumerable.Range(0, 6).Select(_ => Reader(connection, null)).ToArray();
        foreach (var reader in readers[..5])
            await reader.ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct);

        var refused = await Assert.ThrowsAsync<EventHubsException>(
            () => readers[5].ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct));

        Assert.Equal(EventHubsException.FailureReason.QuotaExceeded, refused.Reason);
        foreach (var reader in readers) await reader.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_group_that_does_not_exist_is_refused()
    {
        await using var reader = new PartitionReceiver(
            "nobody", "0", EventPosition.Earliest, AddHub(1));

        var refused = await Assert.ThrowsAsync<EventHubsException>(
            () => reader.ReceiveBatchAsync(1, TimeSpan.FromSeconds(10), Ct));

        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, refused.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_above_the_limit_is_not_sent()
    {
        await using var producer = new EventHubProducerClient(AddHub(1));
        var refused = await Assert.ThrowsAsync<EventHubsException>(() => producer.SendAsync(
            [new EventData(new byte[2 << 20])], new SendEventOptions { PartitionId = "0" }, Ct));

        Assert.Equal(EventHubsException.FailureReason.MessageSizeExceeded, refused.Reason);
    }

    private static PartitionReceiver Reader(string connection, long? ownerLevel) =>
        new("$Default", "0", EventPosition.Earliest, connection, new PartitionReceiverOptions
        {
            OwnerLevel = ownerLevel,
            PrefetchCount = 0,
            RetryOptions = new EventHubsRetryOptions { MaximumRetries = 0 },
        });

    private static Task SendAsync(
        EventHubProducerClient producer, int count, SendEventOptions to, int from = 0) =>
        producer.SendAsync(
            Enumerable.Range(from, count).Select(i => new EventData("{}")
            {
                MessageId = i.ToString(CultureInfo.InvariantCulture),
            }),
            to, Ct);

    private string AddHub(int partitionCount)
    {
        _run.AddHub(partitionCount, _time);
        return _run.Broker.ConnectionStringOf(_run.Hub.Name);
    }
}
