namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Something that acts from time to time: a session, the arrivals, a parcel on its way back. A
/// run wakes it at the time that it asked for. Times are milliseconds since the run's start.
/// </summary>
internal abstract class SimulatedProcess
{
    /// <summary>Acts at <paramref name="now"/>, and says when it wants to act again.</summary>
    public abstract Turn Act(long now);
}

/// <summary>What a process did.</summary>
/// <param name="Action">What came of it, or null.</param>
/// <param name="Next">When it acts again, not before now; <see cref="Never"/> at its end.</param>
internal readonly record struct Turn(ShopperAction? Action, long Next)
{
    public const long Never = long.MaxValue;
}

/// <summary>The order in which processes act: by time, then by the order of asking.</summary>
internal readonly record struct Due(long Time, long Number) : IComparable<Due>
{
    public int CompareTo(Due other) =>
        Time != other.Time ? Time.CompareTo(other.Time) : Number.CompareTo(other.Number);

    public static bool operator <(Due left, Due right) => left.CompareTo(right) < 0;

    public static bool operator >(Due left, Due right) => left.CompareTo(right) > 0;

    public static bool operator <=(Due left, Due right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Due left, Due right) => left.CompareTo(right) >= 0;
}
