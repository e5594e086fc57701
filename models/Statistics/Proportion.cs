namespace StreamCommerce.Models.Statistics;

/// <summary>How many of independent trials succeeded. Pure.</summary>
/// <param name="Successes">0 to <paramref name="Trials"/>.</param>
/// <param name="Trials">From 0.</param>
public readonly record struct Proportion(long Successes, long Trials)
{
    /// <summary>The share of successes; 0 without a trial.</summary>
    public double Share => Trials == 0 ? 0 : (double)Successes / Trials;

    /// <summary>The score interval (Wilson 1927): right for few trials and for shares near 0,
    /// where the usual one is empty or leaves the range. All of 0 to 1 without a trial.</summary>
    /// <param name="confidence">Above 0, below 1, as 0.95.</param>
    public Interval Wilson(double confidence) => Wilson(Share, Trials, confidence);

    /// <summary>The share and its interval.</summary>
    public Estimate Estimate(double confidence) => new(Share, Wilson(confidence));

    /// <summary>
    /// This share less another one's: the p-value of the two-proportion z test with the pooled
    /// share; the interval from both score intervals (Newcombe 1998, method 10). Nothing is known
    /// (an interval of −1 to 1) where one has no trial.
    /// </summary>
    public Difference Less(Proportion other, double confidence)
    {
        if (Trials == 0 || other.Trials == 0) return new(0, new Interval(-1, 1), 1);
        var value = Share - other.Share;
        var interval = Newcombe(
            Share, Wilson(confidence), other.Share, other.Wilson(confidence));
        var pooled = (double)(Successes + other.Successes) / (Trials + other.Trials);
        var error = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / Trials) + (1.0 / other.Trials)));
        return new(value, interval,
            error > 0 ? NormalDistribution.TwoSidedP(value / error) : 1);
    }

    /// <summary>The score interval of a share that need not be a whole number of the trials.
    /// </summary>
    internal static Interval Wilson(double share, long trials, double confidence)
    {
        if (trials == 0) return new(0, 1);
        var z = NormalDistribution.Quantile(0.5 + (confidence / 2));
        var square = z * z;
        var center = share + (square / (2 * trials));
        var reach = z * Math.Sqrt(
            ((share * (1 - share)) + (square / (4 * trials))) / trials);
        var scale = 1 + (square / trials);
        // Rounding must not put a bound on the wrong side of what was seen.
        return new(share <= 0 ? 0 : (center - reach) / scale,
            share >= 1 ? 1 : (center + reach) / scale);
    }

    /// <summary>The interval of one share less another one, from the interval of each.</summary>
    internal static Interval Newcombe(double one, Interval ofOne, double other, Interval ofOther) =>
        new(one - other - Math.Sqrt(Square(one - ofOne.Low) + Square(ofOther.High - other)),
            one - other + Math.Sqrt(Square(ofOne.High - one) + Square(other - ofOther.Low)));

    private static double Square(double x) => x * x;
}
