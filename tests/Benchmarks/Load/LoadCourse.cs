using System.Diagnostics;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// Which order is next and how the answered ones did, for all connections of a run. A closed loop:
/// each connection asks again when it is answered, so a stalled service is asked less and the
/// latencies are those of that many buyers, not of a given rate. Any thread.
/// </summary>
/// <param name="firstOrder">The number of the first order; keys are never used twice.</param>
/// <param name="products">For each part of the load, how many products its orders want.</param>
internal sealed class OrderLoad(long firstOrder, IReadOnlyList<int> products)
{
    // Parts take turns, so that all of them see the same good and bad moments of the machine.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    // Until the orders of the part before are answered; not counted.
    private static readonly TimeSpan Change = TimeSpan.FromMilliseconds(100);

    private long _next = firstOrder - 1;
    private volatile int _part;
    private volatile bool _isMeasured;
    private volatile bool _isOver;

    /// <summary>The part whose orders are asked for.</summary>
    public int Part => _part;

    /// <summary>Whether an answer that comes now counts, if it is one of the part's.</summary>
    public bool IsMeasured => _isMeasured;

    public bool TryNext(out PlannedOrder order)
    {
        order = default;
        if (_isOver) return false;
        // Scattered, never the same, and the same in every run.
        var (number, part) = (Interlocked.Increment(ref _next), _part);
        var count = products[part];
        var first = (int)(number * 7919L % count);
        order = new(number, part, first, (int)((first + 1 + (number % (count - 1))) % count));
        return true;
    }

    /// <summary>Lets the connections run, then measures part by part, then ends them.</summary>
    /// <returns>How long each part was measured.</returns>
    public async Task<TimeSpan[]> DirectAsync(
        TimeSpan warmUp, TimeSpan measured, Action<int> begin, Action<int> end)
    {
        var took = new TimeSpan[products.Count];
        await DelayAsync(warmUp);
        var turn = products.Count == 1 || measured < Turn ? measured : Turn;
        for (var round = 0; round < measured / turn; round++)
        {
            for (var part = 0; part < products.Count; part++)
            {
                _part = part;
                if (products.Count > 1) await DelayAsync(Change);
                begin(part);
                var started = Stopwatch.GetTimestamp();
                _isMeasured = true;
                await DelayAsync(turn);
                _isMeasured = false;
                took[part] += Stopwatch.GetElapsedTime(started);
                end(part);
            }
        }
        _isOver = true;
        return took;
    }

    private static Task DelayAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}

/// <summary>An order to place.</summary>
/// <param name="Number">Its number, which makes its key and its visitor.</param>
/// <param name="Part">The part of the load that it belongs to.</param>
/// <param name="First">The product of its first line.</param>
/// <param name="Second">The product of its second line.</param>
internal readonly record struct PlannedOrder(long Number, int Part, int First, int Second);
