namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// Every request's latency, in buckets a thirty-second apart, so that memory is bounded however
/// long a run is and a percentile is right within 3 %. One thread at a time.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Steps = 32;
    private const int StepBits = 5;

    // 2^36 µs are nineteen hours: nothing that a benchmark waits for is off the scale.
    private const int Octaves = 32;

    private readonly long[] _counts = new long[Steps * Octaves];

    public long Count { get; private set; }

    /// <summary>The longest, in µs.</summary>
    public long Maximum { get; private set; }

    public void Add(TimeSpan took)
    {
        var microseconds = Math.Max(0, (long)took.TotalMicroseconds);
        _counts[BucketOf(microseconds)]++;
        Count++;
        Maximum = Math.Max(Maximum, microseconds);
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        Maximum = Math.Max(Maximum, other.Maximum);
    }

    /// <summary>The latency that this share of the requests did not exceed, in ms.</summary>
    public double Percentile(double share)
    {
        var behind = (long)Math.Ceiling(share * Count);
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            behind -= _counts[bucket];
            if (behind <= 0) return Math.Min(UpperEnd(bucket), Maximum) / 1_000.0;
        }
        return Maximum / 1_000.0;
    }

    // Below 32 µs a bucket a microsecond; above, 32 equal ones between two powers of two.
    private static int BucketOf(long microseconds)
    {
        if (microseconds < Steps) return (int)microseconds;
        var octave = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)microseconds);
        var step = (int)(microseconds >> (octave - StepBits)) - Steps;
        return Math.Min(((octave - StepBits + 1) * Steps) + step, (Steps * Octaves) - 1);
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < Steps) return bucket;
        var (octave, step) = Math.DivRem(bucket, Steps);
        return ((long)(Steps + step + 1) << (octave - 1)) - 1;
    }
}
