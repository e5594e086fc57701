namespace StreamCommerce.Tests.Cosmos.Gateway.Faults;

/// <summary>
/// Faults that come of a seed: the same request number of the same seed meets the same fault, so
/// that a run with one writer can be repeated.
/// </summary>
/// <param name="seed">Any number.</param>
/// <param name="share">Of requests that fail, 0 to 1.</param>
/// <param name="faults">Drawn from evenly, at least one.</param>
/// <param name="applies">Which requests may fail; null for all of items.</param>
public sealed class SeededFaults(
    int seed, double share, IReadOnlyList<Fault> faults, Func<GatewayRequest, bool>? applies = null)
{
    /// <summary>What the service's clients meet: throttling, contention, unavailability, and
    /// answers lost on either side of the effect.</summary>
    public static IReadOnlyList<Fault> Usual { get; } =
    [
        Fault.Throttled(TimeSpan.FromMilliseconds(1)),
        Fault.RetryWith,
        Fault.Unavailable,
        Fault.LostBefore(Loss.Disconnect),
        Fault.LostAfter(Loss.Disconnect),
        Fault.LostBefore(Loss.Timeout),
        Fault.LostAfter(Loss.Timeout),
    ];

    public Fault? Next(GatewayRequest request)
    {
        if (!(applies?.Invoke(request) ?? request.IsOfItems))
        {
            return null;
        }

        var draw = Mix((ulong)(uint)seed << 32 ^ (ulong)request.Number);
        return (draw >> 11) * (1.0 / (1UL << 53)) < share
            ? faults[(int)(Mix(draw) % (ulong)faults.Count)]
            : null;
    }

    /// <summary>SplitMix64's step (Steele, Lea and Flood, 2014).</summary>
    private static ulong Mix(ulong state)
    {
        state += 0x9e3779b97f4a7c15;
        state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
        return state ^ (state >> 31);
    }
}
