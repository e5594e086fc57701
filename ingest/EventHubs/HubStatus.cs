using System.Diagnostics.CodeAnalysis;
using Azure.Messaging.EventHubs.Producer;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// What a partition of the hub holds, as it answered last. An answer is good until something is
/// appended here, and for a short time. While the hub is away, it is asked beside those who want
/// to know, once at a time. Any thread.
/// </summary>
/// <param name="partition">Its number.</param>
/// <param name="partitionId">Its name in the hub.</param>
/// <param name="client">Asks.</param>
/// <param name="options">How old an answer may be, and how often a hub that is away is asked.
/// </param>
/// <param name="time">For intervals.</param>
/// <param name="isAway">Told when the hub has not answered in time, for the other partitions.
/// </param>
/// <param name="closing">Gives up the questions that nobody waits for.</param>
internal sealed class HubStatus(
    int partition, string partitionId, EventHubProducerClient client, EventHubsOptions options,
    TimeProvider time, Action<IOException> isAway, CancellationToken closing)
{
    /// <summary>How long one waits who can do without the answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile Known? _known;
    private volatile IOException? _fault;
    private long _appends;
    private long _askedAt;
    private Question? _question;

    /// <summary>Whether the hub did not answer, or not take events, when it was tried last.
    /// </summary>
    public bool IsAway => _fault is not null;

    /// <summary>Notes that the hub holds more than it has told.</summary>
    public void Appended()
    {
        Interlocked.Increment(ref _appends);
        _fault = null;
    }

    /// <summary>Notes that the hub did not do what was asked of it, if it is since it is away.
    /// </summary>
    public void Away(Exception fault)
    {
        if (fault.IsAway()) _fault = ToFault(fault);
    }

    /// <summary>Asks the hub, unless it has just answered. May hold the caller's thread meanwhile.
    /// </summary>
    /// <exception cref="IOException">It does not answer, and never has.</exception>
    public PartitionStatus Get() => Find(mustKnow: true)
        ?? throw new IOException(_fault?.Message ?? $"Partition {partition} of " +
            $"{client.EventHubName} has not answered yet.", _fault);

    /// <summary>As <see cref="Get"/>, but waits for <see cref="Patience"/> at most, and not at all
    /// while the hub is away; null where nothing is known.</summary>
    public PartitionStatus? Find() => Find(mustKnow: false);

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
            throw _fault = ToFault(e);
        }
    }

    /// <summary>Completes when nobody is asking any more.</summary>
    public async Task EndAsync()
    {
        Question? last;
        lock (_gate) last = _question;
        if (last is not null) await last.Answer;
    }

    private PartitionStatus? Find(bool mustKnow)
    {
        var appends = Interlocked.Read(ref _appends);
        PartitionStatus? answer = null;
        // A question that was under way before the last append does not tell of it: then another.
        for (var i = 0; i < 2; i++)
        {
            var known = _known;
            if (known is not null && known.Appends == Interlocked.Read(ref _appends)
                && time.GetElapsedTime(known.At) < options.StatusAge)
            {
                return known.Status;
            }
            if (AskBeside() is not { } question || (IsAway && !mustKnow)) break;
            answer = WaitFor(question, mustKnow && !IsAway ? Timeout.InfiniteTimeSpan : Patience);
            if (answer is null || question.Appends >= appends) break;
        }
        return answer ?? _known?.Status;
    }

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The port asks without waiting; the " +
        "question is one, and bounded by the client's retries.")]
    private PartitionStatus? WaitFor(Question question, TimeSpan limit)
    {
        try
        {
            return question.Answer.WaitAsync(limit, time).GetAwaiter().GetResult();
        }
        catch (TimeoutException e)
        {
            isAway(ToFault(e));
            return null;
        }
    }

    /// <summary>The question that is under way, or a new one; null where the hub is away and was
    /// just asked.</summary>
    private Question? AskBeside()
    {
        lock (_gate)
        {
            if (_question is { Answer.IsCompleted: false }) return _question;
            if (IsAway && time.GetElapsedTime(_askedAt) < options.DrainInterval) return null;
            _askedAt = time.GetTimestamp();
            var appends = Interlocked.Read(ref _appends);
            return _question = new(Task.Run(TryAskAsync, CancellationToken.None), appends);
        }
    }

    private async Task<PartitionStatus?> TryAskAsync()
    {
        try
        {
            return await AskAsync(closing);
        }
        catch (Exception e) when (e is IOException || closing.IsCancellationRequested)
        {
            // It is still away, and the fault says so; or nobody wants to know any more.
            return null;
        }
    }

    private IOException ToFault(Exception e) => e.ToIOException(
        $"Partition {partition} of {client.EventHubName} does not answer");

    private sealed record Known(PartitionStatus Status, long Appends, long At);

    private sealed record Question(Task<PartitionStatus?> Answer, long Appends);
}
