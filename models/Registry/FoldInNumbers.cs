namespace StreamCommerce.Models.Registry;

/// <summary>
/// <see cref="FoldInParameters"/> as numbers of a model file. There is room for more parameters
/// than there are: those that are not known yet are written and read as 0.
/// </summary>
internal static class FoldInNumbers
{
    private const int Count = 16;
    private const int HalfLifeAt = 6;

    public static double[] Of(FoldInParameters parameters)
    {
        var numbers = new double[Count];
        numbers[0] = parameters.UnobservedWeight;
        numbers[1] = parameters.Regularization;
        numbers[2] = parameters.FrequencyExponent;
        numbers[3] = parameters.ViewWeight;
        numbers[4] = parameters.CartWeight;
        numbers[5] = parameters.PurchaseWeight;
        numbers[HalfLifeAt] = parameters.HalfLifeDays;
        numbers[7] = parameters.PopularityExponent;
        numbers[8] = parameters.ScoreExponent;
        return numbers;
    }

    /// <summary>Null where there are too few.</summary>
    public static FoldInParameters? Read(ReadOnlySpan<double> numbers) =>
        numbers.Length < Count ? null : new(
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5],
            numbers[HalfLifeAt], numbers[7], numbers[8]);

    /// <summary>Null, or what is wrong with them.</summary>
    public static string? Check(FoldInParameters parameters)
    {
        var numbers = Of(parameters);
        if (!(numbers[HalfLifeAt] > 0)) return "the half-life is not above 0";
        // Only a half-life may be infinite.
        numbers[HalfLifeAt] = 0;
        if (!numbers.All(double.IsFinite)) return "a number is infinite or not a number";
        return numbers[..HalfLifeAt].Min() < 0 ? "a number is negative" : null;
    }
}
