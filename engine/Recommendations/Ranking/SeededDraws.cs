namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>
/// Random numbers from a seed, without an object: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). The
/// same seed gives the same numbers on every machine.
/// </summary>
internal struct SeededDraws(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += 0x9E37_79B9_7F4A_7C15);

    /// <summary>A number from 0, below 1.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0, below the limit.</summary>
    public int NextBelow(int limit) => (int)(NextUnit() * limit);

    /// <summary>A draw from the Beta distribution; both parameters at least 1.</summary>
    public double NextBeta(double alpha, double beta)
    {
        var (left, right) = (NextGamma(alpha), NextGamma(beta));
        return left / (left + right);
    }

    /// <summary>Spreads the bits of a number over all 64.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    // Marsaglia and Tsang (2000), for shapes of at least 1: one try in twenty is repeated.
    private double NextGamma(double shape)
    {
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NextNormal();
            var v = 1 + (c * x);
            if (v <= 0) continue;
            v *= v * v;
            if (Math.Log(1 - NextUnit()) < (0.5 * x * x) + (d * (1 - v + Math.Log(v))))
                return d * v;
        }
    }

    // Box and Muller, one of the two: it needs no state beside the seed's.
    private double NextNormal() =>
        Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());
}
