using System.Diagnostics;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// Which order is next and how the answered ones did, for all connections of a run. A closed loop:
/// each connection asks again when it is answered, so a stalled service is asked less and the
/// latencies are those of that many buyers, not of a given rate. Any thread.
/// </summary>
/// <param name="firstOrder">The number of the first order; keys are never used twice.</param>
/// <param name="products">Products in the catalogue; 2 where all orders want the same two.</param>
internal sealed class OrderLoad(long firstOrder, int products)
{
    private long _next = firstOrder - 1;
    private volatile bool _isMeasured;
    private volatile bool _isOver;

    /// <summary>Whether an answer that comes now counts.</summary>
    public bool IsMeasured => _isMeasured;

    /// <summary>Orders that were asked for.</summary>
    public long Asked => Volatile.Read(ref _next) + 1 - firstOrder;

    public bool TryNext(out long order, out int first, out int second)
    {
        (order, first, second) = (0, 0, 0);
        if (_isOver) return false;
        order = Interlocked.Increment(ref _next);
        (first, second) = ProductsOf(order);
        return true;
    }

    /// <summary>Scattered, never the same, and the same in every run.</summary>
    public (int First, int Second) ProductsOf(long order)
    {
        var first = (int)(order * 7919L % products);
        return (first, (int)((first + 1 + (order % (products - 1))) % products));
    }

    /// <summary>Lets the connections run, then measures, then ends them.</summary>
    /// <returns>How long was measured.</returns>
    public async Task<TimeSpan> DirectAsync(
        TimeSpan warmUp, TimeSpan measured, Action begin, Action end)
    {
        await Task.Delay(warmUp, TimeProvider.System);
        begin();
        var started = Stopwatch.GetTimestamp();
        _isMeasured = true;
        await Task.Delay(measured, TimeProvider.System);
        _isMeasured = false;
        var took = Stopwatch.GetElapsedTime(started);
        end();
        _isOver = true;
        return took;
    }
}
