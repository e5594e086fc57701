using System.Buffers;
using System.Numerics.Tensors;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// The factor of an item that was not in training, from the visitors who took it first: the normal
/// equations that an item has in training, with the users' Gramian in the place of the visitors who
/// did not. As only some of the users have had the occasion since it came, only their share of the
/// Gramian counts. Any number of threads may ask at once.
/// </summary>
public sealed class ItemFoldIn
{
    private readonly float[] _gramian;
    private readonly int _dimensions;
    private readonly int _width;
    private readonly double _userCount;
    private readonly double _meanPopularity;
    private readonly FoldInParameters _parameters;

    /// <param name="userGramian">Σ x xᵀ over the users, dimensions².</param>
    /// <param name="dimensions">Numbers of a factor.</param>
    /// <param name="userCount">Users of the Gramian.</param>
    /// <param name="meanPopularity">Weighted interactions of an item in training, on average over
    /// those that had any.</param>
    /// <param name="parameters">As in training.</param>
    /// <exception cref="ArgumentException">The Gramian is of other dimensions.</exception>
    public ItemFoldIn(ReadOnlySpan<float> userGramian, int dimensions, int userCount,
        double meanPopularity, FoldInParameters parameters)
    {
        if (userGramian.Length != dimensions * dimensions)
            throw new ArgumentException("Not of these dimensions.", nameof(userGramian));
        (_dimensions, _width) = (dimensions, DenseKernels.Padded(dimensions));
        (_userCount, _meanPopularity) = (userCount, meanPopularity);
        _parameters = parameters;
        _gramian = new float[_width * _width];
        for (var row = 0; row < dimensions; row++)
            userGramian.Slice(row * dimensions, dimensions).CopyTo(_gramian.AsSpan(row * _width));
    }

    /// <summary>Writes the item's factor; zeros where nobody has taken it. Allocates nothing.
    /// </summary>
    /// <param name="visitorFactors">Factors of those who took it, one after another.</param>
    /// <param name="weights">What they did weighs; one a visitor, 0 or more.</param>
    /// <param name="exposure">The share of as many users as in training who have been in the shop
    /// since the item came, above 0 … 1.</param>
    /// <param name="factor">Overwritten; as long as the items' factors.</param>
    public void Solve(ReadOnlySpan<float> visitorFactors, ReadOnlySpan<float> weights,
        double exposure, Span<float> factor)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exposure, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exposure);
        factor = factor[.._dimensions];
        var total = 0.0;
        foreach (var weight in weights) total += weight;
        if (!(total > 0) || !double.IsFinite(total))
        {
            factor.Clear();
            return;
        }
        // As popular, were all users to come, as it has been with those who came.
        var relative = total / exposure / _meanPopularity;
        var unobserved = _parameters.UnobservedWeight * exposure
            * Math.Pow(relative, _parameters.PopularityExponent);
        var regularization = _parameters.Regularization
            * Math.Pow(total + (unobserved * _userCount), _parameters.FrequencyExponent);
        var scratch = ArrayPool<float>.Shared.Rent((_width * _width) + (2 * _width));
        var matrix = scratch.AsSpan(0, _width * _width);
        var row = scratch.AsSpan(matrix.Length, _width);
        var solution = scratch.AsSpan(matrix.Length + _width, _width);
        TensorPrimitives.Multiply(_gramian, (float)unobserved, matrix);
        for (var i = 0; i < _width; i++) matrix[(i * _width) + i] += (float)regularization;
        row.Clear();
        solution.Clear();
        for (var i = 0; i < weights.Length; i++)
        {
            var root = MathF.Sqrt(weights[i]);
            TensorPrimitives.Multiply(
                visitorFactors.Slice(i * _dimensions, _dimensions), root, row[.._dimensions]);
            DenseKernels.AddOuterProducts(row, 1, _width, matrix);
            TensorPrimitives.MultiplyAdd(row, root, solution, solution);
        }
        Cholesky.Factorize(matrix, _width);
        Cholesky.Solve(matrix, solution);
        TensorPrimitives.Multiply(solution[.._dimensions],
            (float)Math.Pow(relative, _parameters.ScoreExponent), factor);
        ArrayPool<float>.Shared.Return(scratch);
        if (!TensorPrimitives.IsFiniteAll<float>(factor)) factor.Clear();
    }

    /// <summary>
    /// Blends what an item's attributes promise with what its first interactions say: the promise
    /// weighs as much as so many interactions, so that a newcomer begins with it and outgrows it.
    /// </summary>
    /// <param name="promised">By <see cref="AttributeFactors.Predict"/>.</param>
    /// <param name="observed">By <see cref="Solve"/>.</param>
    /// <param name="interactionWeight">Sum of the interactions' weights, 0 or more.</param>
    /// <param name="promiseWeight">What the promise weighs, greater than 0.</param>
    /// <param name="factor">Overwritten.</param>
    public static void Blend(ReadOnlySpan<float> promised, ReadOnlySpan<float> observed,
        double interactionWeight, double promiseWeight, Span<float> factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(interactionWeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(promiseWeight);
        var share = (float)(interactionWeight / (interactionWeight + promiseWeight));
        TensorPrimitives.Lerp(promised, observed, share, factor);
    }
}
