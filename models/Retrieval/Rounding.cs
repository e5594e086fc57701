namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// How far a score in single precision may be from the true one, so that what is found does not
/// hang on how sums are rounded.
/// </summary>
internal static class Rounding
{
    // A term is rounded by 2⁻²⁴ of itself twice, when it is multiplied and when it is added; that
    // again for bounds that were computed likewise.
    private const double OfTerm = 4.0 / (1 << 24);

    // Of numbers so small that they have fewer bits.
    private const double OfSmallest = 1e-40;

    // The few steps that are no terms of the sum.
    private const int OtherTerms = 16;

    /// <param name="dimensions">Terms of the sum.</param>
    /// <param name="size">What the score is at most: the product of the two lengths.</param>
    public static double Of(int dimensions, double size) =>
        ((dimensions + OtherTerms) * OfTerm * size) + OfSmallest;
}
