namespace StreamCommerce.Models.Statistics;

/// <summary>
/// What is kept of independent units, each with a denominator and a numerator (a visitor's
/// impressions and clicks), to know the ratio of their sums and how sure it is. What happens
/// within a unit may depend on each other as it likes: the delta method takes the units as what
/// is independent (Deng, Knoblich and Lu 2018). Sums, so that parts add up. Pure.
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
    /// <summary>The ratio of the sums; 0 where there is nothing to divide by.</summary>
    public double Ratio => SumX == 0 ? 0 : SumY / SumX;

    /// <summary>The variance of the ratio, 0 where there are fewer than two units.</summary>
    public double RatioVariance
    {
        get
        {
            if (Count < 2 || SumX == 0) return 0;
            // The residuals y − r·x have a mean of 0, so this is their sum of squares.
            var squares = SumYY - (2 * Ratio * SumXY) + (Ratio * Ratio * SumXX);
            return Math.Max(0, squares) * Count / (Count - 1) / (SumX * SumX);
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

    /// <summary>The ratio and its interval by the normal approximation; no interval where there
    /// are fewer than two units.</summary>
    /// <param name="confidence">Above 0, below 1, as 0.95.</param>
    public Estimate Estimate(double confidence)
    {
        var reach = NormalDistribution.Quantile(0.5 + (confidence / 2)) * Math.Sqrt(RatioVariance);
        return new(Ratio, new(Ratio - reach, Ratio + reach));
    }

    /// <summary>This ratio less another one's, by the normal approximation. A p-value of 1 where
    /// nothing is known of how sure they are.</summary>
    public Difference Less(in RatioMoments other, double confidence)
    {
        var value = Ratio - other.Ratio;
        var error = Math.Sqrt(RatioVariance + other.RatioVariance);
        var reach = NormalDistribution.Quantile(0.5 + (confidence / 2)) * error;
        return new(value, new(value - reach, value + reach),
            error > 0 ? NormalDistribution.TwoSidedP(value / error) : 1);
    }
}
