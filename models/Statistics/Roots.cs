namespace StreamCommerce.Models.Statistics;

/// <summary>Finds where a function is 0. Pure.</summary>
internal static class Roots
{
    /// <summary>The root of a function that grows, as exactly as doubles tell.</summary>
    /// <param name="function">Not above 0 at <paramref name="low"/>, not below 0 at
    /// <paramref name="high"/>.</param>
    /// <param name="low">Not above the root.</param>
    /// <param name="high">Not below the root.</param>
    public static double Bisect(Func<double, double> function, double low, double high)
    {
        while (true)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high) return middle;
            if (function(middle) < 0) low = middle;
            else high = middle;
        }
    }
}
