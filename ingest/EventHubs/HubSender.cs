using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>How far a list of events came.</summary>
/// <param name="Count">Events, from the first on, that the hub has acknowledged. Some behind them
/// may be in it too.</param>
/// <param name="Fault">Why not all; null where all did.</param>
internal readonly record struct Sent(int Count, Exception? Fault);

/// <summary>
/// Sends events to one partition, in order, as batches that are as large as the hub takes, one
/// after the other: the next one only when the hub has the last. The client repeats what fails,
/// as often as the options say. One caller at a time.
/// </summary>
internal sealed class HubSender(
    int partition, string partitionId, EventHubProducerClient producer, long? batchBytes)
{
    public int Partition => partition;

    public async Task<Sent> SendAsync(IReadOnlyList<EventData> events, CancellationToken ct)
    {
        var sent = 0;
        try
        {
            while (sent < events.Count)
            {
                using var batch = await producer.CreateBatchAsync(
                    new CreateBatchOptions
                    {
                        PartitionId = partitionId,
                        MaximumSizeInBytes = batchBytes,
                    },
                    ct);
                var next = sent;
                while (next < events.Count && batch.TryAdd(events[next])) next++;
                if (next == sent)
                {
                    throw new EventHubsException(false, producer.EventHubName,
                        $"An event does not fit into a batch of {batch.MaximumSizeInBytes} bytes.",
                        EventHubsException.FailureReason.MessageSizeExceeded);
                }
                await producer.SendAsync(batch, ct);
                HubInstruments.Sent(partition, next - sent);
                sent = next;
            }
            return new(sent, null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it was, what is behind has no acknowledgement, and its keeper decides.
            return new(sent, e);
        }
    }
}
