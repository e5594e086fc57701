using System.Diagnostics.CodeAnalysis;
using Azure.Messaging.EventHubs.Producer;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// What a partition of the hub holds, as it answered last. An answer is good until something is
/// appended here, and for a short time. Any thread.
/// </summary>
internal sealed class HubStatus(
    int partition, string partitionId, EventHubProducerClient client, TimeSpan ageLimit,
    TimeProvider time)
{
    private volatile Known? _known;
    private long _appends;

    /// <summary>Notes that the hub holds more than it has told.</summary>
    public void Appended() => Interlocked.Increment(ref _appends);

    /// <summary>Asks the hub, unless it has just answered. Holds the caller's thread meanwhile.
    /// </summary>
    /// <exception cref="IOException">It does not answer, and never has.</exception>
    [SuppressMessage("Usage", "VSTHRD002", Justification = "The port asks without waiting; the " +
        "question is one, and bounded by the client's retries.")]
    public PartitionStatus Get()
    {
        var known = _known;
        if (known is not null && known.Appends == Interlocked.Read(ref _appends)
            && time.GetElapsedTime(known.At) < ageLimit)
        {
            return known.Status;
        }
        try
        {
            return AskAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (IOException) when (known is not null)
        {
            return known.Status;
        }
    }

    /// <summary>Asks the hub.</summary>
    /// <exception cref="IOException">It does not answer.</exception>
    public async Task<PartitionStatus> AskAsync(CancellationToken ct)
    {
        var (appends, at) = (Interlocked.Read(ref _appends), time.GetTimestamp());
        try
        {
            var answer = await client.GetPartitionPropertiesAsync(partitionId, ct);
            var next = answer.LastEnqueuedSequenceNumber + 1;
            var status = new PartitionStatus(
                partition, answer.IsEmpty ? next : answer.BeginningSequenceNumber, next, Bytes: 0);
            _known = new(status, appends, at);
            return status;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw e.ToIOException(
                $"Partition {partition} of {client.EventHubName} does not answer");
        }
    }

    private sealed record Known(PartitionStatus Status, long Appends, long At);
}
