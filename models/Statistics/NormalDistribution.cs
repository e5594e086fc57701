namespace StreamCommerce.Models.Statistics;

/// <summary>The standard normal distribution. Pure.</summary>
public static class NormalDistribution
{
    // Below it a sum of small terms loses no digits; above it the continued fraction is quick.
    private const double SeriesLimit = 3;
    private const double InverseRootTwoPi = 0.3989422804014327;

    /// <summary>The probability of a value of at most <paramref name="x"/>, to 14 digits: by the
    /// series of the error function near 0, by Laplace's continued fraction in the tails
    /// (Abramowitz and Stegun 26.2.11 and 26.2.14).</summary>
    public static double Cdf(double x)
    {
        if (double.IsNaN(x)) return double.NaN;
        return x > 0 ? 1 - Tail(x) : Tail(-x);
    }

    /// <summary>The probability of a value that is at least as far from 0, to either side.
    /// </summary>
    public static double TwoSidedP(double z) => double.IsNaN(z) ? 1 : 2 * Tail(Math.Abs(z));

    /// <summary>The value that is not exceeded with a probability: the root of
    /// <see cref="Cdf"/>, by bisection.</summary>
    /// <param name="probability">Above 0, below 1.</param>
    public static double Quantile(double probability)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probability, 1);
        return Roots.Bisect(x => Cdf(x) - probability, -40, 40);
    }

    /// <summary>The probability of more than <paramref name="x"/>, which is not negative.
    /// </summary>
    private static double Tail(double x)
    {
        if (x > 39) return 0;
        var density = InverseRootTwoPi * Math.Exp(-x * x / 2);
        if (x < SeriesLimit)
        {
            double sum = x, term = x;
            for (var n = 3; term > 1e-17 * sum && n < 300; n += 2)
            {
                term *= x * x / n;
                sum += term;
            }
            return 0.5 - (density * sum);
        }
        // From the far end: 200 steps are exact at the limit, and more than enough beyond it.
        var fraction = x;
        for (var n = 200; n >= 1; n--) fraction = x + (n / fraction);
        return density / fraction;
    }
}
