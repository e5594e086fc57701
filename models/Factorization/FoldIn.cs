using System.Buffers;
using System.Numerics.Tensors;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// A visitor's factor x from interactions: the exact solution of the normal equations that a user
/// has in training (<see cref="IalsTrainer"/>), the items' factors h given,
/// <code>(α G + λ (Σ w + α Σ u)^ν + Σ w h hᵀ) x = Σ w h ,  G = Σ u h hᵀ over all items.</code>
/// <para>In the principal axes of G all but the last sum is diagonal, whatever λ's scale becomes as
/// interactions are added and weights decay. So only that diagonal is kept, once for all visitors,
/// and a factor is solved for anew from the last fifty interactions or so: an n × n system by
/// Woodbury's identity or, where n is more than half of the dimensions, the one above. It takes
/// microseconds, and nothing is left behind that could be stale. <see cref="VisitorFactor"/>
/// updates a factorization instead.</para>
/// Factors in other axes are turned on their way in; <see cref="FactorizationModel.Of"/> spares
/// that. Any number of threads may ask at once.
/// </summary>
public sealed class FoldIn
{
    private const int PanelRows = 64;

    /// <param name="itemFactors">Item by item, finite. Kept, not copied.</param>
    /// <param name="dimensions">Numbers of a factor.</param>
    /// <param name="parameters">As in training.</param>
    /// <param name="popularity">Weighted interactions of each item in training; may be empty where
    /// the parameters' powers of it are 0.</param>
    /// <param name="threadCount">Threads at most, for G.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or a parameter is outside its
    /// limits.</exception>
    public FoldIn(ReadOnlyMemory<float> itemFactors, int dimensions, FoldInParameters parameters,
        ReadOnlySpan<float> popularity = default, int threadCount = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, IalsOptions.DimensionLimit);
        if (!(parameters.UnobservedWeight > 0) || !(parameters.Regularization > 0))
            throw new ArgumentException("Weights must be greater than 0.", nameof(parameters));
        if (itemFactors.Length % dimensions != 0
            || (!popularity.IsEmpty && popularity.Length * dimensions != itemFactors.Length))
            throw new ArgumentException("Lengths do not fit the items.", nameof(itemFactors));
        Dimensions = dimensions;
        System = new(itemFactors, dimensions, parameters, popularity, threadCount);
    }

    /// <summary>Numbers of a factor.</summary>
    public int Dimensions { get; }

    /// <summary>Items, numbered from 0.</summary>
    public int ItemCount => System.ItemCount;

    internal FoldInSystem System { get; }

    /// <summary>The factor of a visitor; zeros where nothing is known of them. Allocates nothing.
    /// </summary>
    /// <param name="interactions">In any order, with their weights as of now; the same item may
    /// come again. Items outside the range and weights that are not positive and finite are passed
    /// over.</param>
    /// <param name="factor">Overwritten; <see cref="Dimensions"/> long.</param>
    public void Solve(ReadOnlySpan<HistoryEntry> interactions, Span<float> factor) =>
        Solve(interactions, default, factor);

    /// <inheritdoc cref="Solve(ReadOnlySpan{HistoryEntry}, Span{float})"/>
    /// <param name="interactions">As above.</param>
    /// <param name="newcomers">Factors, one after another, of items that came after training: they
    /// are numbered from <see cref="ItemCount"/>. G goes without them, as few as they are.</param>
    /// <param name="factor">As above.</param>
    public void Solve(ReadOnlySpan<HistoryEntry> interactions, ReadOnlySpan<float> newcomers,
        Span<float> factor)
    {
        factor = factor[..Dimensions];
        var itemCount = ItemCount + (newcomers.Length / Dimensions);
        var (count, total) = (0, 0.0);
        foreach (var entry in interactions)
        {
            if (!FoldInSystem.IsKnown(entry, itemCount)) continue;
            count++;
            total += entry.Weight;
        }
        if (count == 0)
        {
            factor.Clear();
            return;
        }
        var width = System.Width;
        var isDual = 2 * count <= width;
        var size = isDual ? DenseKernels.Padded(count) : width;
        var panelSize = isDual ? width * size : PanelRows * width;
        var scratch = ArrayPool<float>.Shared.Rent(
            (3 * width) + (size * size) + size + panelSize);
        var rest = scratch.AsSpan();
        var diagonal = Take(ref rest, width);
        var row = Take(ref rest, width);
        var solution = Take(ref rest, width);
        var matrix = Take(ref rest, size * size);
        var goals = Take(ref rest, size);
        System.WriteBase(total, diagonal);
        matrix.Clear();
        if (isDual)
        {
            var panel = Take(ref rest, panelSize);
            SolveDual(interactions, newcomers, diagonal, row, panel, matrix, goals, solution);
        }
        else
        {
            SolvePrimal(
                interactions, newcomers, diagonal, rest[..panelSize], matrix, solution);
        }
        System.WriteFactor(solution, factor);
        ArrayPool<float>.Shared.Return(scratch);
    }

    /// <summary>(1 + Z Zᵀ) y = √w and x = D^-½ Zᵀ y, for Z = √w H D^-½ and D the diagonal.
    /// </summary>
    private void SolveDual(ReadOnlySpan<HistoryEntry> interactions, ReadOnlySpan<float> newcomers,
        Span<float> diagonal, Span<float> row, Span<float> panel, Span<float> matrix,
        Span<float> goals, Span<float> solution)
    {
        var itemCount = ItemCount + (newcomers.Length / Dimensions);
        var size = goals.Length;
        TensorPrimitives.ReciprocalSqrt(diagonal, diagonal);
        panel.Clear();
        goals.Clear();
        var column = 0;
        foreach (var entry in interactions)
        {
            if (!FoldInSystem.IsKnown(entry, itemCount)) continue;
            var root = MathF.Sqrt(entry.Weight);
            System.WriteRow(entry.Item, newcomers, root, row);
            TensorPrimitives.Multiply(row, diagonal, row);
            // Z stands transposed, so that its product is one of tiles.
            for (var i = 0; i < row.Length; i++) panel[(i * size) + column] = row[i];
            goals[column++] = root;
        }
        for (var i = 0; i < size; i++) matrix[(i * size) + i] = 1;
        DenseKernels.AddOuterProducts(panel, row.Length, size, matrix);
        Cholesky.Factorize(matrix, size);
        Cholesky.Solve(matrix, goals);
        ScoreKernel.Multiply(panel, goals, solution);
        TensorPrimitives.Multiply(solution, diagonal, solution);
    }

    private void SolvePrimal(ReadOnlySpan<HistoryEntry> interactions,
        ReadOnlySpan<float> newcomers, ReadOnlySpan<float> diagonal, Span<float> panel,
        Span<float> matrix, Span<float> solution)
    {
        var itemCount = ItemCount + (newcomers.Length / Dimensions);
        var width = diagonal.Length;
        for (var i = 0; i < width; i++) matrix[(i * width) + i] = diagonal[i];
        solution.Clear();
        Span<float> goals = stackalloc float[PanelRows];
        var filled = 0;
        foreach (var entry in interactions)
        {
            if (!FoldInSystem.IsKnown(entry, itemCount)) continue;
            var root = MathF.Sqrt(entry.Weight);
            System.WriteRow(
                entry.Item, newcomers, root, panel.Slice(filled * width, width));
            goals[filled++] = root;
            if (filled == PanelRows) AddPanel(panel, ref filled, goals, matrix, solution);
        }
        AddPanel(panel, ref filled, goals, matrix, solution);
        Cholesky.Factorize(matrix, width);
        Cholesky.Solve(matrix, solution);
    }

    private static void AddPanel(ReadOnlySpan<float> panel, ref int filled,
        ReadOnlySpan<float> goals, Span<float> matrix, Span<float> sums)
    {
        DenseKernels.AddOuterProducts(panel, filled, sums.Length, matrix);
        DenseKernels.AddWeightedRows(panel, sums.Length, goals[..filled], sums);
        filled = 0;
    }

    private static Span<float> Take(ref Span<float> rest, int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
