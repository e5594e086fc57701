namespace StreamCommerce.Models.Statistics;

/// <summary>What is kept of independent values to know their mean and how sure it is: sums, so
/// that parts add up. Pure.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="SumOfSquares">The sum of their squares.</param>
public readonly record struct Moments(long Count, double Sum, double SumOfSquares)
{
    // Equal values come out as not quite equal by rounding.
    private const double Rounding = 1e-13;

    /// <summary>The mean; 0 without a value.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>The variance of a value, unbiased; 0 of fewer than two.</summary>
    public double Variance
    {
        get
        {
            var squares = SumOfSquares - (Sum * Mean);
            return Count < 2 || squares <= Rounding * SumOfSquares ? 0 : squares / (Count - 1);
        }
    }

    public static Moments operator +(Moments left, Moments right) => new(
        left.Count + right.Count, left.Sum + right.Sum, left.SumOfSquares + right.SumOfSquares);

    /// <summary>The mean and its interval by Student's t (Gosset 1908); no interval of fewer than
    /// two values, or where all are equal: nothing tells how far the next one may lie.</summary>
    /// <param name="confidence">Above 0, below 1, as 0.95.</param>
    public Estimate Estimate(double confidence)
    {
        if (Variance == 0) return new(Mean, null);
        var reach = StudentDistribution.TwoSidedQuantile(confidence, Count - 1)
            * Math.Sqrt(Variance / Count);
        return new(Mean, new Interval(Mean - reach, Mean + reach));
    }

    /// <summary>
    /// This mean less another one's, by the test of Welch (1947) with the degrees of freedom of
    /// Satterthwaite (1946): variances need not be equal. A p-value of 1, and no interval, where
    /// one has fewer than two values, or where all values of each are equal.
    /// </summary>
    public Difference Less(Moments other, double confidence)
    {
        var value = Mean - other.Mean;
        if (Count < 2 || other.Count < 2) return new(value, null, 1);
        var (left, right) = (Variance / Count, other.Variance / other.Count);
        var error = Math.Sqrt(left + right);
        if (error == 0) return new(value, null, 1);
        var degrees = (left + right) * (left + right)
            / ((left * left / (Count - 1)) + (right * right / (other.Count - 1)));
        var reach = StudentDistribution.TwoSidedQuantile(confidence, degrees) * error;
        return new(value, new Interval(value - reach, value + reach),
            StudentDistribution.TwoSidedP(value / error, degrees));
    }
}
