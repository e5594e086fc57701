namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Shoppers come as a Poisson process whose rate follows the hour of the day and the rush of a
/// flash sale. It is thinned (Lewis and Shedler, 1979): candidates come at the highest rate there
/// can be, and each is let in with the share that the present rate has of it.
/// </summary>
internal sealed class Arrivals(ShopperRun run, SimulatorOptions options) : SimulatedProcess
{
    private const long HourMs = 3_600_000;

    // Visits of an hour, UTC, as a multiple of the day's average, which is 1: a dip before dawn,
    // a plateau by day, and the peak after work that shops report.
    private static readonly double[] ByHour =
    [
        0.45, 0.28, 0.19, 0.15, 0.17, 0.30, 0.58, 0.85, 1.05, 1.17, 1.24, 1.26,
        1.24, 1.20, 1.16, 1.18, 1.25, 1.38, 1.56, 1.75, 1.83, 1.66, 1.27, 0.83,
    ];

    private static readonly double Peak = ByHour.Max();

    private readonly double _highest = Peak + options.FlashSaleRush;
    private readonly int _startMs = (int)options.Start.TimeOfDay.TotalMilliseconds;

    public override Turn Act(long now)
    {
        var ordinary = ByHour[(now + _startMs) / HourMs % 24];
        var rush = run.Sale is { } sale ? options.FlashSaleRush * sale.RestAt(now) : 0;
        var at = run.Random.NextDouble() * _highest;
        if (at < ordinary + rush) run.Welcome(now, onSale: at >= ordinary);
        return new Turn(null, now + Gap());
    }

    public long Gap() =>
        (long)run.Random.Exponential(HourMs / (_highest * options.SessionsPerHour));
}
