namespace StreamCommerce.Api.Commands;

/// <summary>
/// How far a long work is. The work writes it and the display reads it, on different threads.
/// </summary>
/// <param name="time">The clock of the rate.</param>
/// <param name="unit">What is counted.</param>
internal sealed class ProgressMeter(TimeProvider time, string unit = "events") : IProgress<long>
{
    private const long Unknown = -1;

    private readonly long _started = time.GetTimestamp();
    private long _done;
    private long _total = Unknown;
    private long _lag = Unknown;

    /// <summary>What is done with, in the meter's unit.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>All there is; null while nobody knows.</summary>
    public long? Total
    {
        get => Interlocked.Read(ref _total) is var total && total != Unknown ? total : null;
        set => Interlocked.Exchange(ref _total, value ?? Unknown);
    }

    /// <summary>Events in the log that the engine has not handled; null: not known.</summary>
    public long? Lag
    {
        get => Interlocked.Read(ref _lag) is var lag && lag != Unknown ? lag : null;
        set => Interlocked.Exchange(ref _lag, value ?? Unknown);
    }

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary>Events a second, on average from the beginning.</summary>
    public double Rate => Done / Math.Max(Elapsed.TotalSeconds, 0.001);

    /// <summary>At the rate so far; null where the total is not known or nothing is done.
    /// </summary>
    public TimeSpan? TimeLeft => Total is { } total && Done > 0
        ? TimeSpan.FromSeconds(Math.Min((total - Done) / Rate, TimeSpan.MaxValue.TotalSeconds / 2))
        : null;

    /// <summary>So many in all are done with.</summary>
    public void Report(long value) => Interlocked.Exchange(ref _done, value);

    public void Add(long events) => Interlocked.Add(ref _done, events);

    public override string ToString()
    {
        var of = Total is { } total ? $" of {total:N0}" : "";
        var lag = Lag is { } events ? $", lag {events:N0}" : "";
        var left = TimeLeft is { } time ? $@", {time:hh\:mm\:ss} left" : "";
        return $"{Done:N0}{of} {unit}, {Rate:N0}/s{lag}{left}";
    }
}
