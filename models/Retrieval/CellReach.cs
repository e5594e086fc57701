using System.Numerics;

namespace StreamCommerce.Models.Retrieval;

/// <summary>What items of a shape may score for a query, by the bound that
/// <see cref="ItemIndex"/> explains.</summary>
internal readonly struct CellReach
{
    private readonly float _squaredLength;
    private readonly float _slack;
    private readonly float _rounding;
    private readonly float _smallest;
    private readonly float _width;

    /// <param name="length">The query's Euclidean length.</param>
    /// <param name="dimensions">Its numbers.</param>
    /// <param name="width">How much of the bound is believed.</param>
    public CellReach(double length, int dimensions, float width)
    {
        _squaredLength = (float)(length * length);
        // The square of what goes along is off by twice that; it matters where little goes across.
        _slack = (float)(2 * Rounding.Of(dimensions, length * length));
        _rounding = (float)Rounding.Of(dimensions, length);
        _smallest = (float)Rounding.Of(dimensions, 0);
        _width = width;
    }

    /// <summary>What of the query is at a right angle to a direction, times the width.</summary>
    /// <param name="along">What of it goes along.</param>
    public float AcrossOf(float along) =>
        MathF.Sqrt(Math.Max(0, _squaredLength - (along * along)) + _slack) * _width;

    /// <summary>What items of a shape score at most.</summary>
    public float Of(in CellShape shape, float along, float across) =>
        Math.Max(shape.Most * along, shape.Least * along) + (shape.Aside * across)
            + (shape.Longest * _rounding) + _smallest;

    /// <summary>The same for many cells at once.</summary>
    public Vector<float> Of(
        Vector<float> least, Vector<float> most, Vector<float> aside, Vector<float> longest,
        Vector<float> along)
    {
        var across = Vector.SquareRoot(Vector.Max(
            Vector<float>.Zero, new Vector<float>(_squaredLength) - (along * along))
                + new Vector<float>(_slack)) * _width;
        return Vector.Max(most * along, least * along) + (aside * across)
            + (longest * _rounding) + new Vector<float>(_smallest);
    }
}
