using System.Diagnostics;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// Everything that happens in a simulation, one thing after another on one thread. What is due
/// first runs first; of what is due at the same moment, what was asked for first. Time stands
/// still while something runs.
/// </summary>
internal sealed class VirtualWorld
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Entry, (long Ticks, long Order)> _queue = new();
    private long _order;

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
    public void After(TimeSpan delay, Life life, Action what) =>
        _queue.Enqueue(new(life, what), ((Now + delay).UtcTicks, ++_order));

    /// <summary>Starts what nobody awaits.</summary>
    public void Begin(Life life, Func<Task> work) => After(TimeSpan.Zero, life, () =>
    {
        _ = WatchAsync(work);
    });

    /// <summary>Does the next thing; false where there is none.</summary>
    public bool Step()
    {
        while (_queue.TryDequeue(out var entry, out var due))
        {
            if (entry.Life.IsOver) continue;
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
