namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>
/// The real time, moved on by hand; a payment with the slow card stays at its bank until the test
/// lets it go. Any thread.
/// </summary>
public sealed class RaceClock : TimeProvider, IDisposable
{
    /// <summary>What the sandbox is configured with; a timer of this length is held.</summary>
    public static readonly TimeSpan SlowAnswer = new(0, 9, 59);

    private readonly Lock _gate = new();
    private readonly List<HeldTimer> _held = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private long _movedTicks;

    public override DateTimeOffset GetUtcNow() =>
        base.GetUtcNow().AddTicks(Interlocked.Read(ref _movedTicks));

    public void Move(TimeSpan by) => Interlocked.Add(ref _movedTicks, by.Ticks);

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != SlowAnswer) return base.CreateTimer(callback, state, dueTime, period);
        var timer = new HeldTimer(callback, state);
        lock (_gate) _held.Add(timer);
        _arrived.Release();
        return timer;
    }

    /// <summary>Returns when one more slow payment has come to its bank.</summary>
    public Task SlowPaymentAsync(CancellationToken ct) => _arrived.WaitAsync(ct);

    /// <summary>The bank answers all slow payments that it has.</summary>
    public void LetGo()
    {
        HeldTimer[] held;
        lock (_gate)
        {
            held = [.. _held];
            _held.Clear();
        }
        foreach (var timer in held) timer.Fire();
    }

    public void Dispose() => _arrived.Dispose();

    private sealed class HeldTimer(TimerCallback callback, object? state) : ITimer
    {
        private int _isOver;

        public void Fire()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => Volatile.Read(ref _isOver) == 0;

        public void Dispose() => Volatile.Write(ref _isOver, 1);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
