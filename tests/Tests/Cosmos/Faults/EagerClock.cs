using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Tests.Engine.Storage;

namespace StreamCommerce.Tests.Cosmos.Faults;

/// <summary>
/// A clock on which a short wait is over at once, time having passed by just as much; a timeout
/// comes only when a test advances the clock. Any thread.
/// </summary>
internal sealed class EagerClock() : FakeTimeProvider(ShopFixture.Start)
{
    // The timeout of a request to the account; repetitions wait for less.
    private static readonly TimeSpan TimeoutFrom = TimeSpan.FromSeconds(5);

    /// <summary>The waits so far, in their order.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime <= TimeSpan.Zero || dueTime >= TimeoutFrom) return timer;
        Waits.Enqueue(dueTime);
        // Not on this thread: whoever waits is to have its timer before it fires.
        ThreadPool.QueueUserWorkItem(static wait => wait.Clock.Advance(wait.By),
            (Clock: this, By: dueTime), preferLocal: false);
        return timer;
    }
}
