using System.Diagnostics;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// Which request is next, for all connections of a run. A closed loop:
/// each connection asks again when it is answered, so a stalled service is asked less and the
/// latencies are those of that many buyers, not of a given rate. Any thread.
/// </summary>
/// <param name="first">The number of the first request; numbers are never used twice.</param>
/// <param name="parts">Parts of the load.</param>
internal sealed class LoadCourse(long first, int parts)
{
    // Parts take turns, so that all of them see the same good and bad moments of the machine.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    // Until the requests of the part before are answered; not counted.
    private static readonly TimeSpan Change = TimeSpan.FromMilliseconds(100);

    private long _next = first - 1;
    private volatile int _part;
    private volatile bool _isMeasured;
    private volatile bool _isOver;

    /// <summary>The part whose requests are sent.</summary>
    public int Part => _part;

    /// <summary>Whether an answer that comes now counts, if it is one of the part's.</summary>
    public bool IsMeasured => _isMeasured;

    /// <summary>False where the run is over.</summary>
    public bool TryNext(out PlannedRequest request)
    {
        request = _isOver ? default : new(Interlocked.Increment(ref _next), _part);
        return !_isOver;
    }

    /// <summary>Lets the connections run, then measures part by part, then ends them.</summary>
    /// <returns>How long each part was measured.</returns>
    public async Task<TimeSpan[]> DirectAsync(
        TimeSpan warmUp, TimeSpan measured, Action<int> begin, Action<int> end)
    {
        var took = new TimeSpan[parts];
        await DelayAsync(warmUp);
        var turn = parts == 1 || measured < Turn ? measured : Turn;
        for (var round = 0; round < measured / turn; round++)
        {
            for (var part = 0; part < parts; part++)
            {
                _part = part;
                if (parts > 1) await DelayAsync(Change);
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

/// <summary>A request to send.</summary>
/// <param name="Number">Its number, which says what it asks.</param>
/// <param name="Part">The part of the load that it belongs to.</param>
internal readonly record struct PlannedRequest(long Number, int Part);
