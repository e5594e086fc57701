namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// Splits an amount by weights so that the parts add up to it: the largest-remainder method
/// (Hamilton's). Each part is its exact share rounded down or up.
/// </summary>
internal static class Apportionment
{
    /// <summary>The parts, in the order of the weights.</summary>
    /// <param name="amount">0 to the sum of the weights; so no part exceeds its weight.</param>
    /// <param name="weights">Not negative. 128 bits hold their product with the amount.</param>
    public static long[] Split(long amount, ReadOnlySpan<long> weights)
    {
        var parts = new long[weights.Length];
        Int128 sum = 0;
        foreach (var weight in weights) sum += weight;
        if (sum == 0) return parts;
        var remainders = new (Int128 Negative, int Index)[weights.Length];
        var left = amount;
        for (var i = 0; i < parts.Length; i++)
        {
            var (whole, remainder) = Int128.DivRem((Int128)amount * weights[i], sum);
            parts[i] = (long)whole;
            // Negative, so that the largest comes first; equal ones in the order of the lines.
            remainders[i] = (-remainder, i);
            left -= parts[i];
        }
        if (left == 0) return parts;
        Array.Sort(remainders);
        for (var i = 0; i < left; i++) parts[remainders[i].Index]++;
        return parts;
    }
}
