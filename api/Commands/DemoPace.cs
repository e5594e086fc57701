namespace StreamCommerce.Api.Commands;

/// <summary>
/// How much faster the shoppers' time passes than the clock. It follows the traffic slowly, so
/// that night and day come out alike, while the rush of a flash sale can be seen. One thread.
/// </summary>
/// <param name="rate">Actions a second to aim at.</param>
internal sealed class DemoPace(double rate)
{
    /// <summary>
    /// At first, a minute a second: a visit of ten minutes is ten seconds, so that the first
    /// ones come to their carts at once.
    /// </summary>
    public const double FirstCompression = 60;

    private const double Least = FirstCompression / 4;
    private const double Most = FirstCompression * 4;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    // A pause of the machine is not made up for by a flood.
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);

    private double _actionsPerShopSecond = rate / FirstCompression;

    /// <summary>Seconds of the shoppers' time in a second.</summary>
    public double Compression { get; private set; } = FirstCompression;

    /// <summary>How far the shoppers' time goes in so much real time.</summary>
    public TimeSpan Step(TimeSpan elapsed) =>
        (elapsed < LongestStep ? elapsed : LongestStep) * Compression;

    /// <summary>Learns how many actions a step brought.</summary>
    public void Observe(int actions, TimeSpan step)
    {
        if (step <= TimeSpan.Zero) return;
        var weight = Math.Min(1, step / Compression / Memory);
        var seen = actions / step.TotalSeconds;
        _actionsPerShopSecond += weight * (seen - _actionsPerShopSecond);
        Compression = Math.Clamp(rate / Math.Max(_actionsPerShopSecond, 1e-6), Least, Most);
    }
}
