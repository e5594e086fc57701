namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// All that a seed decides. Each seed draws its own mix of troubles, some of them none at all, so
/// that rare combinations come up (swarm testing).
/// </summary>
internal sealed class Chance
{
    /// <summary>The longest that the store takes before, and after, its effect.</summary>
    public static readonly TimeSpan StoreDelayMaximum = TimeSpan.FromMilliseconds(400);

    private readonly Random _random;
    private readonly double _slowStore;

    public Chance(int seed)
    {
        _random = new Random(seed);
        _slowStore = Trouble(0.3);
        Crash = Trouble(0.02);
        StoreFault = Trouble(0.02);
        LostOnTheWay = Trouble(0.15);
        Repeated = Trouble(0.3);
        GatewayUnavailable = Trouble(0.3);
        GatewayLostRequest = Trouble(0.15);
        GatewayLostAnswer = Trouble(0.2);
        GatewayLate = Trouble(0.2);
        GatewayBroken = Trouble(0.2);
        Webhooks = Trouble(1);
        StandStill = Trouble(0.002);
        Rush = Of(TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(2), Simulation.RoughTime);
    }

    /// <summary>At each call of store and gateway, before and after its effect.</summary>
    public double Crash { get; }

    public double StoreFault { get; }

    /// <summary>Of a client's request, and of its answer.</summary>
    public double LostOnTheWay { get; }

    public double Repeated { get; }

    public double GatewayUnavailable { get; }

    public double GatewayLostRequest { get; }

    public double GatewayLostAnswer { get; }

    /// <summary>The request arrives after its sender has given up.</summary>
    public double GatewayLate { get; }

    /// <summary>The connection breaks while the request is on its way.</summary>
    public double GatewayBroken { get; }

    public double Webhooks { get; }

    /// <summary>At each call of an account: a machine that does not come to run its process.
    /// </summary>
    public double StandStill { get; }

    /// <summary>The time in which all buyers come.</summary>
    public TimeSpan Rush { get; }

    /// <summary>Whether anything goes wrong; off at the end, so that all can settle.</summary>
    public bool IsRough { get; set; } = true;

    /// <summary>Whether trouble of a share comes up now.</summary>
    public bool Strikes(double share) => IsRough && share > 0 && _random.NextDouble() < share;

    public bool OneIn(int count) => _random.Next(count) == 0;

    public int Below(int count) => _random.Next(count);

    public T Of<T>(params ReadOnlySpan<T> some) => some[_random.Next(some.Length)];

    public Guid Guid()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new(bytes);
    }

    /// <summary>A time from nothing to a limit; short ones come more often.</summary>
    public TimeSpan UpTo(TimeSpan limit)
    {
        var part = _random.NextDouble();
        return limit * (part * part);
    }

    public TimeSpan UpToSeconds(double limit) => UpTo(TimeSpan.FromSeconds(limit));

    public TimeSpan StoreDelay() => Strikes(_slowStore)
        ? UpTo(StoreDelayMaximum) : UpTo(TimeSpan.FromMilliseconds(5));

    private double Trouble(double most) =>
        _random.Next(3) == 0 ? 0 : most * _random.NextDouble();
}
