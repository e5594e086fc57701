using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// Everything that happens in a simulation, one thing after another on one thread. What is due
/// first runs first; of what is due at the same moment, what was asked for first. Time stands
/// still while something runs.
/// </summary>
internal sealed class VirtualWorld : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan AwayLimit = TimeSpan.FromSeconds(30);

    private readonly PriorityQueue<Entry, (long Ticks, long Order)> _queue = new();
    private readonly object _gate = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly CancellationTokenSource _end = new();
    private long _order;
    private int _away;

    public VirtualWorld() => Outside = new(this);

    public DateTimeOffset Now { get; private set; } = Start;

    /// <summary>All that is not the shop's process: buyers, gateways, the network.</summary>
    public Life Outside { get; }

    /// <summary>Things that have happened.</summary>
    public long Steps { get; private set; }

    /// <summary>What somebody threw whom nobody awaits: a bug.</summary>
    public Exception? Fault { get; private set; }

    public void Fail(Exception fault) => Fault ??= fault;

    /// <summary>Has something happen in a life, unless that is over by then.</summary>
    public void After(TimeSpan delay, Life life, Action what)
    {
        lock (_gate)
        {
            _queue.Enqueue(new(life, what), ((Now + delay).UtcTicks, ++_order));
            if (IsHere)
            {
                AskedHere++;
                return;
            }
            _away--;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Things that were asked for on the simulation's own thread.</summary>
    public long AskedHere { get; private set; }

    /// <summary>
    /// Something goes on on another thread now, for a moment of real time: the next thing happens
    /// when it is back with what it wants to happen, so that the order stays one and the same.
    /// </summary>
    public void Leave()
    {
        lock (_gate) _away++;
    }

    /// <summary>Whether this is the simulation's own thread.</summary>
    public bool IsHere => Environment.CurrentManagedThreadId == _thread;

    /// <summary>
    /// Does something on the simulation's thread for another one, which stands still meanwhile:
    /// were it to return with a task that is not done, that might be done before it has said what
    /// is to follow, and then it would go on beside the simulation.
    /// </summary>
    /// <exception cref="OperationCanceledException">The simulation has ended before.</exception>
    [SuppressMessage("Usage", "VSTHRD002", Justification = "To stand still is the purpose.")]
    public T DoHere<T>(Life life, Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<Task<T>>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        After(TimeSpan.Zero, life, () => _ = work().ContinueWith(worked =>
        {
            Leave();
            done.SetResult(worked);
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default));
        // Of a life that is over nothing goes on, and its requests wait for the end.
        if (!done.Task.Wait((int)AwayLimit.TotalMilliseconds, _end.Token))
            throw new TimeoutException("The simulation's thread has not come to it.");
        return done.Task.Result.GetAwaiter().GetResult();
    }

    public void Dispose() => _end.Cancel();

    /// <summary>Starts what nobody awaits.</summary>
    public void Begin(Life life, Func<Task> work) => After(TimeSpan.Zero, life, () =>
    {
        _ = WatchAsync(work);
    });

    /// <summary>Does the next thing; false where there is none.</summary>
    public bool Step()
    {
        while (TryTake(out var entry, out var due))
        {
            if (entry.Life.IsOver) continue;
            if (entry.Life.StandsStillUntil.UtcTicks > due.Ticks)
            {
                Postpone(entry);
                continue;
            }
            Debug.Assert(due.Ticks >= Now.UtcTicks, "Time goes one way.");
            Now = new(due.Ticks, TimeSpan.Zero);
            Steps++;
            var before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(entry.Life);
            try
            {
                entry.What();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(before);
            }
            return true;
        }
        return false;
    }

    private bool TryTake(out Entry entry, out (long Ticks, long Order) due)
    {
        lock (_gate)
        {
            while (_away > 0)
            {
                if (!Monitor.Wait(_gate, AwayLimit))
                    throw new TimeoutException("Who left the simulation's thread did not return.");
            }
            return _queue.TryDequeue(out entry, out due);
        }
    }

    private void Postpone(Entry entry)
    {
        lock (_gate)
            _queue.Enqueue(entry, (entry.Life.StandsStillUntil.UtcTicks, ++_order));
    }

    private async Task WatchAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception fault)
        {
            Fail(fault);
        }
    }

    private readonly record struct Entry(Life Life, Action What);
}
