using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// Drives one partition: reads the log in order on a thread of its own, pushes each event through
/// the graph, and saves state and offset together. Events are handled under the gate, a batch at
/// a time; queries take the gate to see the state between two batches.
/// </summary>
internal sealed partial class PartitionRunner : IDisposable
{
    // Warnings with all there is to know, before only every so many is counted in the log.
    private const int PoisonLogLimit = 100;
    private const int PoisonLogStep = 1_000;
    // A read that fails is tried again after 0.1 s, 0.2 s, … 3.2 s: longer than a disk takes to
    // come back, short enough that one that does not is told.
    private const int RetryLimit = 6;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    private readonly int _partition;
    private readonly IEventLog _log;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LetterFile _deadLetters;
    private readonly LetterFile _late;
    private readonly PartitionState _state;
    private readonly ForgottenVisitors _forgotten;
    private readonly Lock _gate = new();
    private readonly List<(long Offset, TaskCompletionSource Done)> _waiting = [];
    private PartitionGraph? _graph;
    private long _next;
    private long _saved;
    private long _triedOffset;
    private long _triedAt;
    private long _poisoned;
    private long _unwritten;
    private bool _isTorn;
    private bool _hasEnded;
    private Exception? _fault;

    public PartitionRunner(
        int partition,
        IEventLog log,
        EngineOptions options,
        ForgottenVisitors forgotten,
        Func<PartitionGraph, IReadOnlyList<IProjection>> build,
        ItemNumbers items,
        TimeProvider time,
        ILogger logger)
    {
        (_partition, _log, _options, _time, _logger) = (partition, log, options, time, logger);
        _forgotten = forgotten;
        _deadLetters = OpenLetters("dead-letters");
        _late = OpenLetters("late");
        _state = new PartitionState(
            partition, log, options, forgotten,
            projections => new(options, log.PartitionCount, projections, OnPoison, OnLate, items),
            build, logger);
    }

    /// <summary>All below it is in the state.</summary>
    public long NextOffset => Volatile.Read(ref _next);

    /// <summary>Calls of <see cref="WaitForAsync"/> that have not ended.</summary>
    internal int WaitCount
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Events that retention removed before they were handled.</summary>
    public long Lost => _state.Lost;

    /// <summary>Letters in the partition's dead-letter file.</summary>
    public long DeadLetters => Volatile.Read(ref _deadLetterCount);

    private long _deadLetterCount;

    /// <summary>Loads the state; must complete before anything else is called.</summary>
    public async Task LoadAsync(IReadOnlySet<string>? rebuild, CancellationToken ct)
    {
        (_graph, _next) = await _state.LoadAsync(rebuild, ct);
        _deadLetterCount = _deadLetters.Count;
        _saved = _state.IsUnsaved ? -1 : _next;
        _triedOffset = _next;
        _triedAt = _time.GetTimestamp();
    }

    /// <summary>Runs a query between two batches. It must be short and must not wait.</summary>
    public TResult Read<TResult>(Func<PartitionGraph, TResult> query)
    {
        lock (_gate) return query(Graph);
    }

    /// <summary>Completes when all below the offset is in the state; is cancelled when the
    /// partition stops, or has stopped, before; throws the fault that stopped it.</summary>
    public async Task WaitForAsync(long offset, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_next >= offset) return;
            if (_hasEnded) End(done);
            else _waiting.Add((offset, done));
        }
        try
        {
            await done.Task.WaitAsync(ct);
        }
        finally
        {
            lock (_gate) _waiting.Remove((offset, done));
        }
    }

    /// <summary>
    /// Reads and handles events until it is told to stop, then saves. What retention has removed
    /// is counted and left out. Ends with the fault where the log cannot be read on.
    /// </summary>
    public Task RunAsync(CancellationToken ct)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread of its own, not the pool's: a partition that catches up would hold a pool
        // thread for seconds, and requests would wait for it.
        var thread = new Thread(() =>
        {
            try
            {
                Run(ct);
                EndWaits(null);
                ended.SetResult();
            }
            catch (Exception e)
            {
                LogStopped(e, _partition, NextOffset);
                EndWaits(e);
                ended.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = $"partition {_partition}",
        };
        thread.Start();
        return ended.Task;
    }

    public void Dispose()
    {
        _graph?.Dispose();
        _deadLetters.Dispose();
        _late.Dispose();
        _state.Dispose();
    }

    /// <summary>What is kept; from loading on the same.</summary>
    internal PartitionGraph Graph =>
        _graph ?? throw new InvalidOperationException("The engine's state is not loaded yet.");

    private void Run(CancellationToken ct)
    {
        try
        {
            var failures = 0;
            while (!ct.IsCancellationRequested)
            {
                var from = _next;
                try
                {
                    ReadOn(ct);
                }
                catch (OffsetExpiredException e) when (e.FirstOffset > _next)
                {
                    SkipTo(e.FirstOffset);
                }
                // What it has handled since shows that the log can be read.
                catch (IOException e) when (
                    e is not LogCorruptException && !_isTorn
                    && (failures = _next > from ? 1 : failures + 1) <= RetryLimit)
                {
                    LogRetries(e, _partition, failures);
                    Wait(FirstWait * (1 << (failures - 1)), ct);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop: fall through to the last checkpoint.
        }
        finally
        {
            CommitCheckpoint();
        }
    }

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The thread exists to wait here.")]
    private void ReadOn(CancellationToken ct)
    {
        var batches = _log.ReadAsync(_partition, _next, _options.BatchLimit, ct)
            .GetAsyncEnumerator(ct);
        try
        {
            while (!ct.IsCancellationRequested && WaitForBatch(batches.MoveNextAsync()))
            {
                Handle(batches.Current.Span);
                if (_next - _triedOffset >= _options.CheckpointEvents || IsSaveDue())
                    CommitCheckpoint();
            }
        }
        finally
        {
            batches.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The thread exists to wait here.")]
    private void Wait(TimeSpan time, CancellationToken ct) =>
        Task.Delay(time, _time, ct).GetAwaiter().GetResult();

    private void SkipTo(long first)
    {
        lock (_gate)
        {
            Volatile.Write(ref _next, _state.SkipTo(first, _next));
            EndReached();
        }
    }

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The thread exists to wait here.")]
    private bool WaitForBatch(ValueTask<bool> next)
    {
        if (next.IsCompleted) return next.GetAwaiter().GetResult();
        var task = next.AsTask();
        while (true)
        {
            // Woken now and then so that a quiet partition is saved too. The log ends the wait
            // when it is cancelled; a read that is still under way could not be disposed.
            if (Task.WaitAny([task], _options.CheckpointInterval) == 0)
                return task.GetAwaiter().GetResult();
            if (IsSaveDue()) CommitCheckpoint();
        }
    }

    private bool IsSaveDue() =>
        _next != _saved && _time.GetElapsedTime(_triedAt) >= _options.CheckpointInterval;

    private void Handle(ReadOnlySpan<LoggedEvent> batch)
    {
        lock (_gate)
        {
            _isTorn = true;
            foreach (ref readonly var logged in batch) Graph.Push(logged);
            // At the log's end no event comes behind a mark.
            Graph.PassForgets(batch[^1].Offset + 1);
            _isTorn = false;
            Volatile.Write(ref _next, batch[^1].Offset + 1);
            EndReached();
        }
        EngineInstruments.Handled(_partition, batch.Length);
    }

    private void EndReached()
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting[i].Offset > _next) continue;
            _waiting[i].Done.TrySetResult();
            _waiting.RemoveAt(i);
        }
    }

    private void EndWaits(Exception? fault)
    {
        lock (_gate)
        {
            (_hasEnded, _fault) = (true, fault);
            foreach (var (_, done) in _waiting) End(done);
            _waiting.Clear();
        }
    }

    private void End(TaskCompletionSource done)
    {
        if (_fault is null) done.TrySetCanceled();
        else done.TrySetException(_fault);
    }

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The thread exists to wait here.")]
    private void CommitCheckpoint()
    {
        if (!Checkpoint()) return;
        try
        {
            // For those who watch the lag; the engine itself starts from its own state.
            _log.CommitCheckpointAsync(
                CommerceEngine.Consumer, _partition, _saved, CancellationToken.None)
                .AsTask().GetAwaiter().GetResult();
        }
        catch (IOException e)
        {
            LogNotSaved(e, _partition);
        }
    }

    private void OnPoison(LoggedEvent logged, string projection, Exception exception)
    {
        // A sender that sends nothing else would fill the disk with stack traces.
        if (++_poisoned <= PoisonLogLimit)
            LogPoison(exception, _partition, logged.Offset, projection);
        else if (_poisoned % PoisonLogStep == 0)
            LogMorePoison(_partition, _poisoned, logged.Offset, projection);
        EngineInstruments.Poisoned(_partition);
        Write(_deadLetters, logged, projection,
            $"{exception.GetType().Name}: {exception.Message}");
        Volatile.Write(ref _deadLetterCount, _deadLetters.Count);
    }

    private void OnLate(LoggedEvent logged) => Write(_late, logged, "event-time",
        "Late: further behind its source's watermark than sessions and funnels wait.");

    private void Write(
        LetterFile letters, in LoggedEvent logged, string projection, string reason)
    {
        try
        {
            // A rebuild must not write again what was removed.
            if (_forgotten.Covers(_partition, logged.Event.Visitor, logged.Offset)) return;
            letters.Write(logged, projection, reason);
        }
        catch (Exception e)
        {
            // Whatever it was: a letter that is lost must not tear the batch and stop the shop.
            if (++_unwritten <= PoisonLogLimit) LogNotSaved(e, _partition);
        }
    }

    private LetterFile OpenLetters(string folder) => new(
        Path.Combine(_options.Directory, folder, $"p{_partition:00}.ndjson"),
        _partition, _options.DeadLetterLimit);

    [LoggerMessage(LogLevel.Error, "Partition {Partition} stopped at offset {Offset}.")]
    private partial void LogStopped(Exception e, int partition, long offset);

    [LoggerMessage(LogLevel.Warning, "Partition {Partition}: reading the log failed " +
        "({Failures} times without progress); it is tried again.")]
    private partial void LogRetries(Exception e, int partition, int failures);

    [LoggerMessage(LogLevel.Error, "Partition {Partition}: could not save.")]
    private partial void LogNotSaved(Exception e, int partition);

    [LoggerMessage(LogLevel.Warning,
        "Partition {Partition}, offset {Offset}: {Projection} refused the event.")]
    private partial void LogPoison(Exception e, int partition, long offset, string projection);

    [LoggerMessage(LogLevel.Warning, "Partition {Partition}: {Count} events refused by now, the " +
        "last at offset {Offset} by {Projection}; only every thousandth is logged.")]
    private partial void LogMorePoison(
        int partition, long count, long offset, string projection);
}
