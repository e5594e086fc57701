namespace StreamCommerce.Models.Statistics;

/// <summary>What is kept of independent values to know their mean and how sure it is: sums, so
/// that parts add up. Pure.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="SumOfSquares">The sum of their squares.</param>
public readonly record struct Moments(long Count, double Sum, double SumOfSquares)
{
    /// <summary>The mean; 0 without a value.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>The variance of a value, unbiased; 0 of fewer than two.</summary>
    public double Variance => Count < 2 ? 0
        : Math.Max(0, (SumOfSquares - (Sum * Mean)) / (Count - 1));

    public static Moments operator +(Moments left, Moments right) => new(
        left.Count + right.Count, left.Sum + right.Sum, left.SumOfSquares + right.SumOfSquares);

    /// <summary>The mean and its interval by Student's t (Gosset 1908); only the mean of fewer
    /// than two values.</summary>
    /// <param name="confidence">Above 0, below 1, as 0.95.</param>
    public Estimate Estimate(double confidence)
    {
        if (Count < 2) return new(Mean, new(Mean, Mean));
        var reach = StudentDistribution.TwoSidedQuantile(confidence, Count - 1)
            * Math.Sqrt(Variance / Count);
        return new(Mean, new(Mean - reach, Mean + reach));
    }

    /// <summary>
    /// This mean less another one's, by the test of Welch (1947) with the degrees of freedom of
    /// Satterthwaite (1946): variances need not be equal. A p-value of 1, and no interval, where
    /// there are too few values, or all are equal.
    /// </summary>
    public Difference Less(Moments other, double confidence)
    {
        var value = Mean - other.Mean;
        if (Count < 2 || other.Count < 2) return new(value, new(value, value), 1);
        var (left, right) = (Variance / Count, other.Variance / other.Count);
        var error = Math.Sqrt(left + right);
        if (error == 0) return new(value, new(value, value), value == 0 ? 1 : 0);
        var degrees = (left + right) * (left + right)
            / ((left * left / (Count - 1)) + (right * right / (other.Count - 1)));
        var reach = StudentDistribution.TwoSidedQuantile(confidence, degrees) * error;
        return new(value, new(value - reach, value + reach),
            StudentDistribution.TwoSidedP(value / error, degrees));
    }
}
