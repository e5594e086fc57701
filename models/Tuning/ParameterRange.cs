namespace StreamCommerce.Models.Tuning;

/// <summary>A parameter that may be chosen, and the values that are tried.</summary>
/// <param name="Name">In the words of the ranker's options, camel case.</param>
/// <param name="Default">What is taken where nothing is chosen.</param>
/// <param name="Values">Ascending, the default among them; a yes or no is 0 or 1.</param>
public sealed record ParameterRange(string Name, double Default, IReadOnlyList<double> Values)
{
    /// <summary>Whether its greater values make training much longer. Such a parameter is moved
    /// last, once the others have been found by quick trials.</summary>
    public bool IsCostly { get; init; }
}
