using System.Numerics.Tensors;

namespace StreamCommerce.Models.Retrieval;

/// <summary>The items' factors, item by item in one piece of memory. Does not change.</summary>
public sealed class ItemFactors
{
    /// <summary>More than any model has; bounds what lies on the stack.</summary>
    public const int DimensionLimit = 1_024;

    private readonly ReadOnlyMemory<float> _numbers;

    /// <param name="numbers">Kept, not copied.</param>
    /// <param name="dimensions">Numbers of a factor, from 1 to <see cref="DimensionLimit"/>.
    /// </param>
    /// <exception cref="ArgumentException">They are not whole factors, or one is not finite or too
    /// long for single precision.</exception>
    public ItemFactors(ReadOnlyMemory<float> numbers, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, DimensionLimit);
        if (numbers.Length % dimensions != 0)
            throw new ArgumentException("They are not whole factors.", nameof(numbers));
        (_numbers, Dimensions, Count) = (numbers, dimensions, numbers.Length / dimensions);
        for (var item = 0; item < Count; item++)
            if (!IsUsable(this[item]))
                throw new ArgumentException($"Factor {item} is not finite.", nameof(numbers));
    }

    public int Count { get; }

    public int Dimensions { get; }

    /// <summary>All of them. Taken once a search, since mapped memory is not had for free.
    /// </summary>
    public ReadOnlySpan<float> Numbers => _numbers.Span;

    /// <summary>An item's factor.</summary>
    public ReadOnlySpan<float> this[int item] => Numbers.Slice(item * Dimensions, Dimensions);

    /// <summary>Whether a factor's inner product with another such is finite: its squared length
    /// must be.</summary>
    public static bool IsUsable(ReadOnlySpan<float> factor) =>
        float.IsFinite(TensorPrimitives.SumOfSquares(factor));

    /// <summary>What each factor must be divided by for its length to be 1; 0 for one of length 0.
    /// </summary>
    public float[] InverseLengths()
    {
        var inverse = new float[Count];
        for (var item = 0; item < Count; item++)
        {
            var length = LengthOf(this[item]);
            inverse[item] = length > 0 ? (float)(1 / length) : 0;
        }
        return inverse;
    }

    /// <summary>Euclidean length. In double precision, in which the squares of small numbers are
    /// not lost.</summary>
    public static double LengthOf(ReadOnlySpan<float> factor)
    {
        var squared = 0.0;
        foreach (var number in factor) squared += (double)number * number;
        return Math.Sqrt(squared);
    }
}
