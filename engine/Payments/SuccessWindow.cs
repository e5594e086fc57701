namespace StreamCommerce.Engine.Payments;

/// <summary>
/// A gateway's success rate over the last minutes: a ring of intervals, the oldest of which falls
/// out as a whole. Any thread. Two callers that turn an interval over at once may lose a count:
/// a rate does not need it, and a lock on every payment would cost more.
/// </summary>
internal sealed class SuccessWindow(TimeSpan window, TimeProvider time)
{
    private const int IntervalCount = 20;

    // What a gateway without any calls is taken for, and how many calls outweigh that.
    private const double PriorRate = 0.95;
    private const double PriorCalls = 20;

    private readonly Interval[] _intervals = [.. Enumerable.Range(0, IntervalCount)
        .Select(_ => new Interval())];

    private readonly long _intervalTicks = Math.Max(1, window.Ticks / IntervalCount);

    /// <summary>Counts a call.</summary>
    public void Count(bool isSuccess)
    {
        var number = time.GetUtcNow().UtcTicks / _intervalTicks;
        var interval = _intervals[number % IntervalCount];
        var seen = Volatile.Read(ref interval.Number);
        if (seen != number
            && Interlocked.CompareExchange(ref interval.Number, number, seen) == seen)
        {
            Volatile.Write(ref interval.Calls, 0);
            Volatile.Write(ref interval.Successes, 0);
        }
        Interlocked.Increment(ref interval.Calls);
        if (isSuccess) Interlocked.Increment(ref interval.Successes);
    }

    /// <summary>The rate now, 0 to 1, drawn towards a good one while there are few calls.</summary>
    public double Rate()
    {
        var number = time.GetUtcNow().UtcTicks / _intervalTicks;
        var (calls, successes) = (PriorCalls, PriorCalls * PriorRate);
        foreach (var interval in _intervals)
        {
            if (number - Volatile.Read(ref interval.Number) >= IntervalCount) continue;
            calls += Volatile.Read(ref interval.Calls);
            successes += Volatile.Read(ref interval.Successes);
        }
        return Math.Clamp(successes / calls, 0, 1);
    }

    private sealed class Interval
    {
        public long Number = long.MinValue / 2;
        public long Calls;
        public long Successes;
    }
}
