using Azure.Messaging.EventHubs.Producer;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>What a partition's spill holds.</summary>
/// <param name="Events">Events that wait for the hub.</param>
/// <param name="Bytes">Stored bytes.</param>
/// <param name="Damage">Null, or the first damaged place and what is wrong there.</param>
public readonly record struct SpillInspection(long Events, long Bytes, string? Damage);

/// <summary>A partition of a hub, as it answered.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="FirstOffset">The oldest kept event's sequence number.</param>
/// <param name="NextOffset">The one that the next event gets.</param>
/// <param name="LastEnqueuedAt">When the hub took its last event; null where it never did.</param>
/// <param name="Spill">What waits here for it; null where nothing does.</param>
public sealed record HubPartitionInspection(
    int Partition, long FirstOffset, long NextOffset, DateTimeOffset? LastEnqueuedAt,
    SpillInspection? Spill);

/// <summary>
/// Looks at a hub and at this machine's spill, beside the service that has them open: it sends
/// nothing and drains nothing.
/// </summary>
public static class HubInspection
{
    /// <param name="options">Checked here.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ArgumentException">An option is missing or out of its range.</exception>
    /// <exception cref="IOException">The hub does not answer. The message tells what waits for it.
    /// </exception>
    public static async Task<IReadOnlyList<HubPartitionInspection>> AskAsync(
        EventHubsOptions options, CancellationToken ct)
    {
        options.Validate();
        await using var connection = HubConnections.Open(options);
        await using var producer = new EventHubProducerClient(connection,
            new EventHubProducerClientOptions { RetryOptions = HubConnections.Retries(options) });
        try
        {
            var ids = await producer.FindPartitionsAsync(ct);
            return await Task.WhenAll(ids.Select((id, partition) =>
                AskAsync(producer, id, HubSpill.Inspect(options, partition, ct), ct)));
        }
        catch (IOException e) when (e.IsAway() && KnownHub.Find(options.SpillDirectory,
            producer.FullyQualifiedNamespace, producer.EventHubName) is { } known)
        {
            var spills = Enumerable.Range(0, known.PartitionCount)
                .Select(partition => HubSpill.Inspect(options, partition, ct))
                .OfType<SpillInspection>().ToList();
            throw new IOException($"{e.Message} In {options.SpillDirectory} " +
                $"{spills.Sum(spill => spill.Events)} events of {spills.Count} partitions wait " +
                "for it.", e);
        }
    }

    private static async Task<HubPartitionInspection> AskAsync(
        EventHubProducerClient producer, string id, SpillInspection? spill, CancellationToken ct)
    {
        try
        {
            var answer = await producer.GetPartitionPropertiesAsync(id, ct);
            var next = answer.LastEnqueuedSequenceNumber + 1;
            return new(int.Parse(id), answer.IsEmpty ? next : answer.BeginningSequenceNumber, next,
                next == 0 ? null : answer.LastEnqueuedTime, spill);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw e.ToIOException($"Partition {id} of {producer.EventHubName} does not answer");
        }
    }
}
