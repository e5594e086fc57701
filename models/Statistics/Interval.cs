namespace StreamCommerce.Models.Statistics;

/// <summary>Where a true value lies with a given confidence.</summary>
public readonly record struct Interval(double Low, double High);

/// <summary>An estimate, and how sure it is.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Interval">Where the true value lies with the given confidence; null where what was
/// seen says nothing of it.</param>
public readonly record struct Estimate(double Value, Interval? Interval);

/// <summary>How far one group is from another.</summary>
/// <param name="Value">The difference, the one less the other.</param>
/// <param name="Interval">Where the true difference lies with the given confidence; null where
/// what was seen says nothing of it.</param>
/// <param name="PValue">How probable so large a difference is where there is none, 0 to 1.
/// </param>
public readonly record struct Difference(double Value, Interval? Interval, double PValue);
