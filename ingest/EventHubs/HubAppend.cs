using Azure.Messaging.EventHubs;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// A batch's events of one partition: as they came, for the spill, and as the hub takes them. Its
/// maker fills it; from the queue on it is the partition writer's.
/// </summary>
internal sealed class HubAppend(AppendBatch batch)
{
    // Above every event that EventRules allows, below every batch that a hub takes.
    private const int EventBytesLimit = 96 * 1024;

    public List<CommerceEvent> Events { get; } = [];

    public List<EventData> Encoded { get; } = [];

    public long Bytes { get; private set; }

    /// <exception cref="LogAppendException">The event is too large for a batch.</exception>
    public void Add(CommerceEvent e)
    {
        var encoded = HubEventFormat.ToEventData(e);
        var bytes = encoded.EventBody.ToMemory().Length;
        if (bytes > EventBytesLimit)
        {
            throw new LogAppendException(
                $"The event {e.Id} takes {bytes} bytes; the log takes at most {EventBytesLimit}.");
        }
        Events.Add(e);
        Encoded.Add(encoded);
        Bytes += bytes;
    }

    /// <summary>Tells the batch, with the reason where it failed.</summary>
    public void Complete(Exception? fault) => batch.PartDone(fault);
}

/// <summary>
/// Appends that wait for a partition's writer, bounded by their bytes. An append that finds it
/// full waits, as its caller can see. Whatever its size, one fits where there is any room: a batch
/// is bounded itself. Any thread adds, one takes.
/// </summary>
internal sealed class HubAppendQueue(long bytesLimit)
{
    private readonly Lock _gate = new();
    private List<HubAppend> _waiting = [];
    private long _bytes;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _more;
    private bool _isShut;

    /// <exception cref="LogAppendException">The log is shut.</exception>
    public async ValueTask AddAsync(HubAppend append, CancellationToken ct)
    {
        while (TryAdd(append) is { } room) await room.WaitAsync(ct);
    }

    /// <summary>All that wait, at least one; null when the queue is shut and empty.</summary>
    public async ValueTask<IReadOnlyList<HubAppend>?> TakeAsync()
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_waiting.Count > 0)
                {
                    var taken = _waiting;
                    (_waiting, _bytes) = ([], 0);
                    _room?.TrySetResult();
                    _room = null;
                    return taken;
                }
                if (_isShut) return null;
                more = (_more ??= NewSignal()).Task;
            }
            await more;
        }
    }

    public void Shut()
    {
        lock (_gate)
        {
            _isShut = true;
            _room?.TrySetResult();
            Wake();
        }
    }

    // Null when it is queued, else what to wait for.
    private Task? TryAdd(HubAppend append)
    {
        lock (_gate)
        {
            if (_isShut) throw new LogAppendException("The log is shut.");
            if (_bytes >= bytesLimit) return (_room ??= NewSignal()).Task;
            _waiting.Add(append);
            _bytes += append.Bytes;
            Wake();
            return null;
        }
    }

    private void Wake()
    {
        _more?.TrySetResult();
        _more = null;
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
