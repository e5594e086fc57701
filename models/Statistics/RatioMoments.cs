namespace StreamCommerce.Models.Statistics;

/// <summary>
/// What is kept of independent units, each with a denominator and a numerator (a visitor's
/// impressions and clicks), to know the ratio of their sums and how sure it is. What happens
/// within a unit may depend on each other as it likes: the delta method takes the units as what
/// is independent (Deng, Knoblich and Lu 2018). A numerator is 0 to its denominator. Sums, so that
/// parts add up. Pure.
/// </summary>
/// <param name="Count">Units.</param>
/// <param name="SumX">Sum of the denominators.</param>
/// <param name="SumY">Sum of the numerators.</param>
/// <param name="SumXX">Sum of the denominators' squares.</param>
/// <param name="SumXY">Sum of the products.</param>
/// <param name="SumYY">Sum of the numerators' squares.</param>
public readonly record struct RatioMoments(
    long Count, double SumX, double SumY, double SumXX, double SumXY, double SumYY)
{
    // Units of one ratio come out as of not quite one by rounding.
    private const double Rounding = 1e-12;

    /// <summary>The ratio of the sums; 0 where there is nothing to divide by.</summary>
    public double Ratio => SumX == 0 ? 0 : SumY / SumX;

    /// <summary>The variance of the ratio, 0 where there are fewer than two units, or where all
    /// have one ratio.</summary>
    public double RatioVariance
    {
        get
        {
            if (Count < 2 || SumX == 0) return 0;
            // The residuals y − r·x have a mean of 0, so this is their sum of squares.
            var squares = SumYY - (2 * Ratio * SumXY) + (Ratio * Ratio * SumXX);
            return squares <= Rounding * SumYY ? 0
                : squares * Count / (Count - 1) / (SumX * SumX);
        }
    }

    public static RatioMoments operator +(in RatioMoments left, in RatioMoments right) => new(
        left.Count + right.Count, left.SumX + right.SumX, left.SumY + right.SumY,
        left.SumXX + right.SumXX, left.SumXY + right.SumXY, left.SumYY + right.SumYY);

    /// <summary>With one unit's denominator and numerator changed: a new unit comes from 0 and 0.
    /// </summary>
    public RatioMoments Move(double x, double y, double toX, double toY) => new(
        Count + (x == 0 && toX != 0 ? 1 : 0), SumX + toX - x, SumY + toY - y,
        SumXX + (toX * toX) - (x * x), SumXY + (toX * toY) - (x * y),
        SumYY + (toY * toY) - (y * y));

    /// <summary>
    /// The ratio and its interval by the normal approximation. Where the units do not vary (nobody
    /// has clicked, or there is one visitor), they say nothing of a variance, and are taken for
    /// trials that succeed at the ratio: Wilson's interval, all of 0 to 1 without a unit.
    /// </summary>
    /// <param name="confidence">Above 0, below 1, as 0.95.</param>
    public Estimate Estimate(double confidence) => new(Ratio, IntervalOf(confidence));

    /// <summary>
    /// This ratio less another one's, by the normal approximation. Where the units of one do not
    /// vary: the interval from both intervals (Newcombe 1998, method 10), and for the test the
    /// variance of trials at the pooled ratio. Nothing is known (an interval of −1 to 1) where one
    /// has no unit.
    /// </summary>
    public Difference Less(in RatioMoments other, double confidence)
    {
        if (Count == 0 || other.Count == 0) return new(0, new Interval(-1, 1), 1);
        var value = Ratio - other.Ratio;
        if (RatioVariance > 0 && other.RatioVariance > 0)
        {
            var error = Math.Sqrt(RatioVariance + other.RatioVariance);
            var reach = NormalDistribution.Quantile(0.5 + (confidence / 2)) * error;
            return new(value, new Interval(value - reach, value + reach),
                NormalDistribution.TwoSidedP(value / error));
        }
        var pooled = ((Ratio * Count) + (other.Ratio * other.Count)) / (Count + other.Count);
        var variance = VarianceOr(pooled) + other.VarianceOr(pooled);
        return new(value,
            Proportion.Newcombe(
                Ratio, IntervalOf(confidence), other.Ratio, other.IntervalOf(confidence)),
            variance > 0 ? NormalDistribution.TwoSidedP(value / Math.Sqrt(variance)) : 1);
    }

    private Interval IntervalOf(double confidence)
    {
        if (!(RatioVariance > 0)) return Proportion.Wilson(Ratio, Count, confidence);
        var reach = NormalDistribution.Quantile(0.5 + (confidence / 2)) * Math.Sqrt(RatioVariance);
        return new(Ratio - reach, Ratio + reach);
    }

    /// <summary>The variance of the ratio, or that of as many trials.</summary>
    private double VarianceOr(double share) =>
        RatioVariance > 0 ? RatioVariance : share * (1 - share) / Count;
}
