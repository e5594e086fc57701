namespace StreamCommerce.Models.Counts;

/// <summary>
/// A sum of weights that halve every half-life, kept so that it never needs to be aged: the
/// base-2 logarithm of Σ weight·2^(time/half-life). Two counts compare without a clock, events may
/// come in any order, and decades fit. This is forward decay (Cormode, Shkapenyuk, Srivastava, Xu:
/// "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009) in log space.
/// </summary>
/// <param name="Log2">The logarithm; negative infinity where nothing was counted.</param>
public readonly record struct DecayedCount(double Log2)
{
    /// <summary>Nothing counted yet. (Not the default value, which is a count of 1 at time 0.)
    /// </summary>
    public static readonly DecayedCount None = new(double.NegativeInfinity);

    /// <summary>Counts a weight at a time.</summary>
    /// <param name="time">Since a fixed origin, in half-lives.</param>
    /// <param name="weight">Greater than 0.</param>
    public DecayedCount Plus(double time, double weight) =>
        Plus(new DecayedCount(Math.Log2(weight) + time));

    /// <summary>The sum of two counts.</summary>
    public DecayedCount Plus(DecayedCount other)
    {
        var (larger, smaller) = Log2 >= other.Log2 ? (Log2, other.Log2) : (other.Log2, Log2);
        // Below 2^-60 of the larger one a double does not see the smaller one.
        return larger - smaller > 60 || double.IsNegativeInfinity(smaller)
            ? new(larger)
            : new(larger + Math.Log2(1 + double.Exp2(smaller - larger)));
    }

    /// <summary>What the sum is worth at a time, in half-lives since the same origin.</summary>
    public double ValueAt(double time) => double.Exp2(Log2 - time);
}
