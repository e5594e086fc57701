namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// How far items reach along the direction of their cell and away from it: an item is
/// x = a·c + e, where c is the direction and e at a right angle to it.
/// </summary>
/// <param name="Least">The smallest a.</param>
/// <param name="Most">The largest a.</param>
/// <param name="Aside">The largest length of e.</param>
/// <param name="Longest">The largest length of x.</param>
internal readonly record struct CellShape(float Least, float Most, float Aside, float Longest)
{
    /// <summary>Of no items.</summary>
    public static readonly CellShape Empty =
        new(float.PositiveInfinity, float.NegativeInfinity, 0, 0);

    /// <summary>Of the items of both.</summary>
    public CellShape With(CellShape other) => new(
        Math.Min(Least, other.Least), Math.Max(Most, other.Most),
        Math.Max(Aside, other.Aside), Math.Max(Longest, other.Longest));

    /// <summary>Of one item.</summary>
    public static CellShape Of(ReadOnlySpan<float> factor, ReadOnlySpan<float> direction)
    {
        var along = 0.0;
        for (var i = 0; i < factor.Length; i++) along += (double)factor[i] * direction[i];
        var aside = 0.0;
        for (var i = 0; i < factor.Length; i++)
        {
            var away = factor[i] - (along * direction[i]);
            aside += away * away;
        }
        return new((float)along, (float)along, (float)Math.Sqrt(aside),
            (float)ItemFactors.LengthOf(factor));
    }
}
