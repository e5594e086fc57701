namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// A process's life: its tasks continue and its timers ring only while it lasts. Ended, it is as
/// after <c>kill -9</c>: nothing of it goes on, not even a <c>finally</c>.
/// </summary>
/// <param name="world">Where it is.</param>
/// <param name="skew">By how much its clock is ahead of the world's.</param>
internal sealed class Life(VirtualWorld world, TimeSpan skew = default) : SynchronizationContext
{
    public VirtualWorld World => world;

    /// <summary>What its own clock says.</summary>
    public DateTimeOffset Now => world.Now + skew;

    public bool IsOver { get; private set; }

    /// <summary>The clock of this life.</summary>
    public TimeProvider Time => field ??= new VirtualTime(this);

    public void End() => IsOver = true;

    /// <summary>Until when nothing of it goes on, though it lasts; later all that was due comes
    /// at once.</summary>
    public DateTimeOffset StandsStillUntil { get; private set; }

    public void StandStill(TimeSpan pause) => StandsStillUntil = world.Now + pause;

    /// <summary>Goes on after a while.</summary>
    public Task PauseAsync(TimeSpan delay)
    {
        var over = new TaskCompletionSource();
        world.After(delay, this, over.SetResult);
        return over.Task;
    }

    public override void Post(SendOrPostCallback d, object? state) =>
        world.After(TimeSpan.Zero, this, () => d(state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nothing waits on the one thread that there is.");

    public override SynchronizationContext CreateCopy() => this;
}
