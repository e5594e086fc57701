using System.Numerics.Tensors;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// The normal equations of a visitor in the principal axes of the items' Gramian G, where all that
/// does not come from the visitor's interactions is a diagonal.
/// </summary>
internal sealed class FoldInSystem
{
    // Of the equations' diagonal: less beside it is rounding.
    private const float AxesTolerance = 1e-4f;

    private readonly ReadOnlyMemory<float> _itemFactors;
    private readonly FoldInParameters _parameters;
    private readonly double _unobservedTotal;
    private readonly int _dimensions;
    private readonly float[] _rowScales;
    // α G, zeros at the padding.
    private readonly float[] _diagonal;
    // Rows are the principal axes, padded; empty where the factors stand in them.
    private readonly float[] _axes = [];
    private readonly float[] _axesTransposed = [];

    public FoldInSystem(ReadOnlyMemory<float> itemFactors, int dimensions,
        FoldInParameters parameters, ReadOnlySpan<float> popularity, int threadCount)
    {
        (_itemFactors, _dimensions, _parameters) = (itemFactors, dimensions, parameters);
        ItemCount = itemFactors.Length / dimensions;
        if (popularity.IsEmpty) popularity = new float[ItemCount];
        _unobservedTotal = RelativePopularity.Sum(
            RelativePopularity.Powers(popularity, parameters.PopularityExponent));
        // The equations are those of the factors before they were multiplied.
        _rowScales = RelativePopularity.Powers(popularity, -parameters.ScoreExponent);
        var weights = RelativePopularity.Powers(
            popularity, parameters.PopularityExponent - (2 * parameters.ScoreExponent));
        Width = DenseKernels.Padded(dimensions);
        var gramian = Gramian.Unpadded(
            itemFactors, dimensions, weights, threadCount, default);
        _diagonal = new float[Width];
        if (!AreAxes(gramian))
        {
            var axes = PrincipalAxes.Of(gramian, dimensions);
            gramian = Turned(gramian, axes);
            _axes = new float[Width * Width];
            _axesTransposed = new float[Width * Width];
            for (var row = 0; row < dimensions; row++)
            {
                for (var column = 0; column < dimensions; column++)
                {
                    var value = axes[(row * dimensions) + column];
                    _axes[(row * Width) + column] = value;
                    _axesTransposed[(column * Width) + row] = value;
                }
            }
        }
        for (var i = 0; i < dimensions; i++)
        {
            // Rounding may leave an axis that no item has a little below zero.
            _diagonal[i] = (float)parameters.UnobservedWeight
                * Math.Max(0, gramian[(i * dimensions) + i]);
        }
    }

    public int ItemCount { get; }

    /// <summary>Whether the factors stand in the axes of another Gramian than the equations', so
    /// that each interaction has to be turned.</summary>
    public bool Turns => _axes.Length > 0;

    /// <summary>The dimensions with their padding.</summary>
    public int Width { get; }

    /// <summary>Whether an interaction says anything, where there are so many items.</summary>
    public static bool IsKnown(HistoryEntry entry, int itemCount) =>
        (uint)entry.Item < (uint)itemCount && entry.Weight > 0 && float.IsFinite(entry.Weight);

    /// <summary>Writes the diagonal that the interactions' sum is added to.</summary>
    /// <param name="total">Sum of the interactions' weights.</param>
    /// <param name="diagonal">All positive then; <see cref="Width"/> long.</param>
    public void WriteBase(double total, Span<float> diagonal)
    {
        var frequency = total + (_parameters.UnobservedWeight * _unobservedTotal);
        var regularization = _parameters.Regularization
            * Math.Pow(frequency, _parameters.FrequencyExponent);
        TensorPrimitives.Add(_diagonal, (float)regularization, diagonal);
    }

    /// <summary>Writes an item's factor, scaled, in the principal axes.</summary>
    /// <param name="item">Its number.</param>
    /// <param name="newcomers">Factors of the items behind the last of training.</param>
    /// <param name="scale">What it is multiplied by.</param>
    /// <param name="row">Overwritten; <see cref="Width"/> long.</param>
    public void WriteRow(int item, ReadOnlySpan<float> newcomers, float scale, Span<float> row)
    {
        var factor = item < ItemCount
            ? _itemFactors.Span.Slice(item * _dimensions, _dimensions)
            : newcomers.Slice((item - ItemCount) * _dimensions, _dimensions);
        row[_dimensions..].Clear();
        // What a newcomer's factor was multiplied by is not known here, and is near 1.
        if (item < ItemCount) scale *= _rowScales[item];
        if (_axes.Length == 0)
        {
            TensorPrimitives.Multiply(factor, scale, row[.._dimensions]);
            return;
        }
        row.Clear();
        DenseKernels.AddWeightedRows(_axesTransposed, Width, factor, row);
        TensorPrimitives.Multiply(row, scale, row);
    }

    /// <summary>Turns a solution back into the axes of the factors.</summary>
    public void WriteFactor(Span<float> solution, Span<float> factor)
    {
        if (_axes.Length > 0)
        {
            Span<float> turned = stackalloc float[Width];
            turned.Clear();
            DenseKernels.AddWeightedRows(_axes, Width, solution, turned);
            turned.CopyTo(solution);
        }
        solution[.._dimensions].CopyTo(factor);
        // Weights near the largest float could overflow; nothing is known of such a visitor.
        if (!TensorPrimitives.IsFiniteAll<float>(factor)) factor.Clear();
    }

    private bool AreAxes(float[] gramian)
    {
        // The least that the diagonal can be, of a visitor with one light interaction.
        var diagonal = new float[Width];
        for (var i = 0; i < _dimensions; i++)
        {
            _diagonal[i] = (float)_parameters.UnobservedWeight
                * gramian[(i * _dimensions) + i];
        }
        WriteBase(0, diagonal);
        for (var row = 0; row < _dimensions; row++)
        {
            for (var column = 0; column < row; column++)
            {
                var beside = _parameters.UnobservedWeight
                    * Math.Abs(gramian[(row * _dimensions) + column]);
                if (beside > AxesTolerance * Math.Sqrt((double)diagonal[row] * diagonal[column]))
                    return false;
            }
        }
        return true;
    }

    /// <summary>The diagonal of the Gramian in other axes; the rest is not filled in.</summary>
    private float[] Turned(float[] gramian, float[] axes)
    {
        var turned = new float[gramian.Length];
        var product = new float[_dimensions];
        for (var i = 0; i < _dimensions; i++)
        {
            var axis = axes.AsSpan(i * _dimensions, _dimensions);
            ScoreKernel.Multiply(gramian, axis, product);
            turned[(i * _dimensions) + i] = TensorPrimitives.Dot<float>(product, axis);
        }
        return turned;
    }
}
