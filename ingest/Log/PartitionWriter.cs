namespace StreamCommerce.Ingest.Log;

/// <summary>
/// The one thread that writes a partition. It takes all appends that wait, commits them as one
/// group, answers them, and looks again: the slower the disk, the larger the groups.
/// </summary>
/// <remarks>
/// A thread of its own, since it sits in flushes and would starve the pool. The queue is bounded
/// in count and bytes; an append that finds it full waits, as its caller can see. A group under
/// way is outside the queue, so twice the bound may be in memory.
/// </remarks>
internal sealed class PartitionWriter : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly PartitionStore _store;
    private readonly EmbeddedLogOptions _options;
    private readonly TaskCompletionSource _stopped =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<AppendChunk> _waiting = [];
    private List<AppendChunk> _group = [];
    private long _waitingBytes;
    private TaskCompletionSource? _room;
    private bool _closing;

    public PartitionWriter(PartitionStore store, int partition, EmbeddedLogOptions options)
    {
        (_store, _options) = (store, options);
        new Thread(Run) { IsBackground = true, Name = $"log-writer-{partition}" }.Start();
    }

    public PartitionStore Store => _store;

    /// <summary>Queues a chunk, which is the writer's from then on.</summary>
    /// <exception cref="LogAppendException">The log is shut.</exception>
    public async ValueTask EnqueueAsync(AppendChunk chunk, CancellationToken ct)
    {
        while (TryEnqueue(chunk) is { } room) await room.WaitAsync(ct);
    }

    /// <summary>Commits what is queued, then closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closing = true;
            _room?.TrySetResult();
            Monitor.Pulse(_gate);
        }
        await _stopped.Task;
    }

    // Null when it is queued, else what to wait for.
    private Task? TryEnqueue(AppendChunk chunk)
    {
        lock (_gate)
        {
            if (_closing) throw new LogAppendException("The log is shut.");
            // Whatever its size, a chunk fits where there is any room: a batch is bounded itself.
            if (_waiting.Count >= _options.QueueCount || _waitingBytes >= _options.QueueBytes)
            {
                _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return _room.Task;
            }
            _waiting.Add(chunk);
            _waitingBytes += chunk.Written.Length;
            Monitor.Pulse(_gate);
            return null;
        }
    }

    private void Run()
    {
        try
        {
            while (TakeGroup()) CommitGroup();
        }
        finally
        {
            _store.Dispose();
            _stopped.TrySetResult();
        }
    }

    // False when the log is shut and nothing is left.
    private bool TakeGroup()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closing) Monitor.Wait(_gate);
            (_waiting, _group) = (_group, _waiting);
            _waitingBytes = 0;
            _room?.TrySetResult();
            _room = null;
            return _group.Count > 0;
        }
    }

    private void CommitGroup()
    {
        Exception? fault = null;
        try
        {
            _store.Commit(_group);
        }
        catch (LogAppendException e)
        {
            fault = e;
        }
        catch (Exception e)
        {
            // A bug, not a fault of the world: the callers must still get an answer, and nothing
            // more may be written onto a state that nobody understands.
            _store.Refuse($"an unexpected {e.GetType().Name} ({e.Message})");
            fault = new LogAppendException("The append failed unexpectedly; see inside.", e);
        }
        foreach (var chunk in _group) chunk.Complete(fault);
        _group.Clear();
    }
}
