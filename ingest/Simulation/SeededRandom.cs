namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
/// <see cref="Random"/> promises the same numbers for a seed only within one major version of
/// .NET, and a benchmark's stream must outlive that; it also costs too much to make one for each
/// visitor. One thread at a time.
/// </summary>
internal sealed class SeededRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>
    /// The stream <paramref name="number"/> of one purpose: streams of one seed are independent,
    /// so a visitor's tastes can be drawn again whenever he returns instead of being kept.
    /// </summary>
    public SeededRandom(int seed, StreamPurpose purpose, long number = 0) =>
        _state = Mix(Mix(((ulong)seed << 8) + (ulong)purpose) + ((ulong)number * Golden));

    /// <summary>A number from 0 up to, and without, 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    public bool Chance(double share) => NextDouble() < share;

    /// <summary>The time to the next event of a Poisson process.</summary>
    public double Exponential(double mean) => -Math.Log(1 - NextDouble()) * mean;

    /// <summary>
    /// Mean 0, deviation 1, nearly normal: the sum of four uniform numbers, which needs no
    /// function whose last bit differs between platforms.
    /// </summary>
    public float Normal()
    {
        var sum = NextDouble() + NextDouble() + NextDouble() + NextDouble();
        return (float)((sum - 2) * 1.7320508075688772);
    }

    private ulong Next() => Mix(_state += Golden);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>What a stream of random numbers is for; part of the seed.</summary>
internal enum StreamPurpose : byte
{
    Catalogue = 1,
    Run = 2,
    Visitor = 3,
    Person = 4,
}
