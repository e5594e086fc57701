namespace StreamCommerce.Tests.Simulation;

/// <summary>The clock of one life.</summary>
internal sealed class VirtualTime(Life life) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => life.Now;

    public override long GetTimestamp() => life.World.Now.UtcTicks;

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(life, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(Life life, TimerCallback callback, object? state) : ITimer
    {
        // What was set before a change does not ring any more.
        private int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan) Set(dueTime, period, setting);
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Set(TimeSpan dueTime, TimeSpan period, int setting) =>
            life.World.After(dueTime, life, () =>
            {
                if (setting != _setting) return;
                if (period > TimeSpan.Zero) Set(period, period, setting);
                callback(state);
            });
    }
}
