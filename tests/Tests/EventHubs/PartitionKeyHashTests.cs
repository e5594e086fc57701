using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using StreamCommerce.Ingest.EventHubs;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

public sealed class PartitionKeyHashTests : IAsyncDisposable
{
    private readonly HubRun _run = new();

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    /// <summary>The official client computes itself where a key belongs, and sends it there.
    /// </summary>
    [Fact(Timeout = 30_000)]
    public async Task Keys_of_every_length_go_where_the_official_client_sends_them()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = _run.AddHub(16);
        string[] keys = [.. Enumerable.Range(1, 60).Select(i => new string('ä', i / 3) + i)];
        await using (var producer = new EventHubBufferedProducerClient(options.ConnectionString))
        {
            producer.SendEventBatchFailedAsync += failed => Task.FromException(failed.Exception);
            foreach (var key in keys)
            {
                await producer.EnqueueEventAsync(new EventData("") { MessageId = key },
                    new EnqueueEventOptions { PartitionKey = key }, ct);
            }
            await producer.FlushAsync(ct);
        }

        foreach (var key in keys)
        {
            var partition = _run.Hub.Partitions.Single(one =>
                one.Events.Any(e => e.Content.Properties.MessageId == key));
            Assert.Equal(partition.Number, PartitionKeyHash.PartitionOf(key, 16));
        }
    }
}
