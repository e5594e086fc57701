using System.Diagnostics.CodeAnalysis;
using Azure.Messaging.EventHubs.Producer;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// What a partition of the hub holds, as it answered last. An answer is good until something is
/// appended here, and for a short time. While the hub is away, only the first who asks waits for
/// it: then it is asked beside those who want to know. Any thread.
/// </summary>
internal sealed class HubStatus(
    int partition, string partitionId, EventHubProducerClient client, EventHubsOptions options,
    TimeProvider time)
{
    private readonly Lock _gate = new();
    private volatile Known? _known;
    private volatile IOException? _fault;
    private long _appends;
    private long _askedAt;
    private Task _asking = Task.CompletedTask;

    /// <summary>Notes that the hub holds more than it has told.</summary>
    public void Appended()
    {
        Interlocked.Increment(ref _appends);
        _fault = null;
    }

    /// <summary>Asks the hub, unless it has just answered. May hold the caller's thread meanwhile.
    /// </summary>
    /// <exception cref="IOException">It does not answer, and never has.</exception>
    public PartitionStatus Get() => Find()
        ?? throw new IOException(_fault?.Message ?? $"Partition {partition} of " +
            $"{client.EventHubName} has not answered yet.", _fault);

    /// <summary>As <see cref="Get"/>; null where nothing is known.</summary>
    [SuppressMessage("Usage", "VSTHRD002", Justification = "The port asks without waiting; the " +
        "question is one, and bounded by the client's retries.")]
    public PartitionStatus? Find()
    {
        var known = _known;
        if (known is not null && known.Appends == Interlocked.Read(ref _appends)
            && time.GetElapsedTime(known.At) < options.StatusAge)
        {
            return known.Status;
        }
        if (_fault is not null)
        {
            AskBeside();
            return known?.Status;
        }
        try
        {
            return AskAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            return known?.Status;
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
            _fault = null;
            return status;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _fault = e.ToIOException(
                $"Partition {partition} of {client.EventHubName} does not answer");
            throw _fault;
        }
    }

    /// <summary>Completes when nobody is asking any more.</summary>
    public async Task EndAsync()
    {
        Task asking;
        lock (_gate) asking = _asking;
        await asking;
    }

    private void AskBeside()
    {
        lock (_gate)
        {
            if (!_asking.IsCompleted || time.GetElapsedTime(_askedAt) < options.DrainInterval)
                return;
            _askedAt = time.GetTimestamp();
            _asking = Task.Run(async () =>
            {
                try
                {
                    await AskAsync(CancellationToken.None);
                }
                catch (IOException)
                {
                    // It is still away, and the fault says so.
                }
            });
        }
    }

    private sealed record Known(PartitionStatus Status, long Appends, long At);
}
