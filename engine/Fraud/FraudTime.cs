namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// Time in steps of five minutes since 1970, and the three windows over it. Pure.
/// </summary>
/// <remarks>
/// A window is made of buckets and holds all buckets that it touches: never less than its hour,
/// day or week, and at most a bucket more (five minutes, an hour, six hours). Older than the
/// first window, time is kept in hours; older than the second, in quarters of a day: so a week
/// takes at most 13 + 25 + 29 buckets however many attempts there are. It is the exponential
/// histogram's idea (Datar, Gionis, Indyk, Motwani: Maintaining stream statistics over sliding
/// windows, 2002) with borders fixed by the clock, which makes every count exact for its buckets.
/// </remarks>
internal static class FraudTime
{
    private const int StepSeconds = 300;
    private const int HourSteps = 12;
    private const int QuarterSteps = 72;
    private const int DaySteps = 288;
    private const int WeekSteps = 2_016;

    /// <summary>The bucket of a time.</summary>
    public static int StepOf(DateTimeOffset at) =>
        (int)Math.Clamp(at.ToUnixTimeSeconds() / StepSeconds, 0, int.MaxValue / 2);

    /// <summary>True where a bucket is in the last hour.</summary>
    public static bool InHour(int step, int now) => step >= now - HourSteps;

    /// <summary>True where a bucket is in the last 24 hours.</summary>
    public static bool InDay(int step, int now) =>
        Floor(step, HourSteps) >= Floor(now, HourSteps) - DaySteps;

    /// <summary>True where a bucket is in the last seven days.</summary>
    public static bool InWeek(int step, int now) =>
        Floor(step, QuarterSteps) >= Floor(now, QuarterSteps) - WeekSteps;

    /// <summary>The shortest of the windows that a bucket is in: 0 to 2, or 3 for none.</summary>
    public static int WindowOf(int step, int now) =>
        InHour(step, now) ? 0 : InDay(step, now) ? 1 : InWeek(step, now) ? 2 : 3;

    /// <summary>The bucket that a step falls into at its age. Keeps the order of steps.</summary>
    public static int Coarse(int step, int now) => WindowOf(step, now) switch
    {
        0 => step,
        1 => Floor(step, HourSteps),
        _ => Floor(step, QuarterSteps),
    };

    private static int Floor(int step, int unit) => step - (step % unit);
}
