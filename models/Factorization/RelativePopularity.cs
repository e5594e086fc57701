namespace StreamCommerce.Models.Factorization;

/// <summary>
/// Powers of an item's popularity over the mean one. One, of exponent e, is how much it says of a
/// user's taste not to have met the item: a popular one that a user passed by was there to be met
/// (He, Zhang, Kan, Chua: "Fast Matrix Factorization for Online Recommendation with Implicit
/// Feedback", SIGIR 2016). That makes the factors tell tastes apart, but takes more from popular
/// items' scores than is good for an answer; so another, of exponent γ, gives them back a part.
/// </summary>
internal static class RelativePopularity
{
    /// <summary>One an item; 1 for those that nobody took.</summary>
    /// <param name="popularity">Weighted interactions of each item.</param>
    /// <param name="exponent">Of the power.</param>
    public static float[] Powers(ReadOnlySpan<float> popularity, double exponent)
    {
        var mean = Mean(popularity);
        var weights = new float[popularity.Length];
        for (var item = 0; item < weights.Length; item++)
        {
            weights[item] = popularity[item] > 0
                ? (float)Math.Pow(popularity[item] / mean, exponent) : 1;
        }
        return weights;
    }

    /// <summary>The mean of the items that anybody took.</summary>
    public static double Mean(ReadOnlySpan<float> popularity)
    {
        var (total, count) = (0.0, 0);
        foreach (var sum in popularity)
        {
            total += sum;
            if (sum > 0) count++;
        }
        return total / Math.Max(1, count);
    }

    public static double Sum(ReadOnlySpan<float> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights) sum += weight;
        return sum;
    }
}
