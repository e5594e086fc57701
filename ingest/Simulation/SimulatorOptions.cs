using System.Runtime.CompilerServices;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// How the simulated shoppers behave. Every setter throws
/// <see cref="ArgumentOutOfRangeException"/>, naming the option, outside of its range.
/// </summary>
public sealed class SimulatorOptions
{
    /// <summary>From 0; the same seed, options and catalogue give the same stream.</summary>
    public int Seed { get; init => field = Within(value, 0, int.MaxValue); } = 1;

    /// <summary>When the first shopper may come, from 2000 to 2100; kept in UTC.</summary>
    public DateTimeOffset Start { get; init => field = Within(value.ToUniversalTime(), From, To); }
        = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Sessions that begin in an hour, averaged over a day; 1 to 1,000,000.</summary>
    public double SessionsPerHour { get; init => field = Within(value, 1, 1_000_000); } = 2_000;

    /// <summary>Share of sessions by visitors who have been here before; 0 to 0.95.</summary>
    public double ReturningShare { get; init => field = Within(value, 0, 0.95); } = 0.6;

    /// <summary>Share of persons who have a customer account; 0 to 1.</summary>
    public double CustomerShare { get; init => field = Within(value, 0, 1); } = 0.4;

    /// <summary>Share of sessions whose events carry no session id; 0 to 1.</summary>
    public double NoSessionIdShare { get; init => field = Within(value, 0, 1); } = 0.1;

    /// <summary>Share of purchases of which something is sent back; 0 to 1.</summary>
    public double ReturnShare { get; init => field = Within(value, 0, 1); } = 0.08;

    /// <summary>
    /// Share of the events sent by a browser that come late, 0 to 0.5. Carts, checkouts and
    /// returns are commands and always come in time.
    /// </summary>
    public double LateShare { get; init => field = Within(value, 0, 0.5); }

    /// <summary>How late an event may come: 1 ms to 30 s.</summary>
    public TimeSpan LatenessLimit
    {
        get;
        init => field = Within(value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30));
    } = TimeSpan.FromSeconds(3);

    /// <summary>Flash sales in a day, on average; 0 to 48.</summary>
    public double FlashSalesPerDay { get; init => field = Within(value, 0, 48); } = 3;

    /// <summary>How long a flash sale lasts: 1 minute to 6 hours.</summary>
    public TimeSpan FlashSaleDuration
    {
        get;
        init => field = Within(value, TimeSpan.FromMinutes(1), TimeSpan.FromHours(6));
    } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Sessions that a flash sale adds at its start, as a multiple of
    /// <see cref="SessionsPerHour"/>; 0 to 20. They fall away evenly to its end.
    /// </summary>
    public double FlashSaleRush { get; init => field = Within(value, 0, 20); } = 2;

    /// <summary>Sessions at one time; further shoppers are turned away. 1 to 1,000,000.</summary>
    public int ActiveSessionLimit { get; init => field = Within(value, 1, 1_000_000); } = 20_000;

    /// <summary>Returns yet to come; above it, orders are kept. 0 to 1,000,000.</summary>
    public int PendingReturnLimit { get; init => field = Within(value, 0, 1_000_000); } = 20_000;

    /// <summary>Abandoned carts that are remembered, the newest; 0 to 1,000,000.</summary>
    public int AbandonedCartLimit { get; init => field = Within(value, 0, 1_000_000); } = 20_000;

    private static readonly DateTimeOffset From = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static T Within<T>(T value, T from, T to, [CallerMemberName] string option = "")
        where T : IComparable<T>
    {
        // NaN compares as less than every number, so it is refused too.
        if (value.CompareTo(from) >= 0 && value.CompareTo(to) <= 0) return value;
        throw new ArgumentOutOfRangeException(
            option, value, FormattableString.Invariant($"{option} must be {from} to {to}."));
    }
}
