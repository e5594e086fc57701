using System.Numerics.Tensors;

namespace StreamCommerce.Models.Factorization;

/// <summary>What a row of one side, a user or an item, is fitted to.</summary>
internal readonly ref struct RowProblem
{
    /// <summary>The other side's factors, row by row.</summary>
    public required ReadOnlySpan<float> Factors { get; init; }

    /// <summary>Their weighted Gramian.</summary>
    public required ReadOnlySpan<float> Gramian { get; init; }

    /// <summary>Rows of the other side that the row was observed with.</summary>
    public required ReadOnlySpan<int> Columns { get; init; }

    /// <summary>Weights of the observed pairs, in the order of the columns.</summary>
    public required ReadOnlySpan<float> Weights { get; init; }

    /// <summary>α of this row.</summary>
    public required float UnobservedWeight { get; init; }

    /// <summary>λ of this row, scaled.</summary>
    public required float Regularization { get; init; }
}

/// <summary>
/// Fits one row at a time to the other side's factors: for one block of coordinates after the
/// other, an exact step to the loss's minimum (Rendle, Krichene, Zhang, Koren: "iALS++: Speeding up
/// Matrix Factorization with Subspace Optimization", 2021). Rows are scaled by the roots of their
/// weights, so that Hessian, gradient and residuals share one panel. Owned by one thread.
/// </summary>
/// <param name="width">Of a factor, a multiple of 16.</param>
/// <param name="blockSize">Coordinates of a step, a multiple of 16.</param>
internal sealed class RowSolver(int width, int blockSize)
{
    // With 64 columns a panel takes half of the first-level cache.
    private const int PanelRows = 64;

    // The rows lie anywhere in a table that no cache holds: asked for so far ahead, the next ones
    // are on their way while one is scaled.
    private const int RowsAhead = 8;

    private readonly float[] _panel = new float[PanelRows * Math.Min(width, blockSize)];
    private readonly float[] _hessian = new float[Square(Math.Min(width, blockSize))];
    private readonly float[] _step = new float[Math.Min(width, blockSize)];
    private float[] _roots = new float[PanelRows];
    private float[] _residuals = new float[PanelRows];

    /// <summary>Moves the row's factor towards the loss's minimum; to it, where one block holds all
    /// coordinates.</summary>
    public void Solve(in RowProblem problem, Span<float> factor)
    {
        var count = problem.Columns.Length;
        if (count == 0)
        {
            factor.Clear();
            return;
        }
        if (_roots.Length < count)
        {
            _roots = new float[2 * count];
            _residuals = new float[2 * count];
        }
        var isExact = blockSize >= width;
        if (isExact) factor.Clear();
        var roots = _roots.AsSpan(0, count);
        var residuals = _residuals.AsSpan(0, count);
        TensorPrimitives.Sqrt(problem.Weights, roots);
        for (var i = 0; i < count; i++)
        {
            var score = isExact ? 0 : TensorPrimitives.Dot(
                problem.Factors.Slice(problem.Columns[i] * width, width), factor);
            residuals[i] = roots[i] * (score - 1);
        }
        for (var from = 0; from < width; from += blockSize)
        {
            var size = Math.Min(blockSize, width - from);
            Step(problem, roots, residuals, factor, from, size);
            if (from + size < width) UpdateResiduals(problem, roots, residuals, from, size);
        }
        // Weights near the largest float could overflow a sum; such a row knows nothing.
        if (!TensorPrimitives.IsFiniteAll<float>(factor)) factor.Clear();
    }

    private void Step(in RowProblem problem, ReadOnlySpan<float> roots,
        ReadOnlySpan<float> residuals, Span<float> factor, int from, int size)
    {
        var hessian = _hessian.AsSpan(0, size * size);
        var step = _step.AsSpan(0, size);
        var block = factor.Slice(from, size);
        if (size == width)
        {
            TensorPrimitives.Multiply(problem.Gramian, problem.UnobservedWeight, hessian);
        }
        else
        {
            for (var i = 0; i < size; i++)
            {
                TensorPrimitives.Multiply(problem.Gramian.Slice(((from + i) * width) + from, size),
                    problem.UnobservedWeight, hessian.Slice(i * size, size));
            }
        }
        for (var i = 0; i < size; i++) hessian[(i * size) + i] += problem.Regularization;
        step.Clear();
        if (size < width)
        {
            DenseKernels.AddWeightedRows(problem.Gramian[from..], width, factor, step);
            TensorPrimitives.Multiply(step, problem.UnobservedWeight, step);
            TensorPrimitives.MultiplyAdd(block, problem.Regularization, step, step);
        }
        for (var i = 0; i < Math.Min(RowsAhead, roots.Length); i++)
            DenseKernels.Prefetch(BlockOf(problem, i, from, size));
        for (var start = 0; start < roots.Length; start += PanelRows)
        {
            var count = Math.Min(PanelRows, roots.Length - start);
            for (var i = 0; i < count; i++)
            {
                if (start + i + RowsAhead < roots.Length)
                    DenseKernels.Prefetch(BlockOf(problem, start + i + RowsAhead, from, size));
                TensorPrimitives.Multiply(BlockOf(problem, start + i, from, size),
                    roots[start + i], _panel.AsSpan(i * size, size));
            }
            DenseKernels.AddOuterProducts(_panel, count, size, hessian);
            DenseKernels.AddWeightedRows(_panel, size, residuals.Slice(start, count), step);
        }
        Cholesky.Factorize(hessian, size);
        Cholesky.Solve(hessian, step);
        TensorPrimitives.Subtract(block, step, block);
    }

    private void UpdateResiduals(in RowProblem problem, ReadOnlySpan<float> roots,
        Span<float> residuals, int from, int size)
    {
        var step = _step.AsSpan(0, size);
        for (var i = 0; i < residuals.Length; i++)
        {
            residuals[i] -= roots[i]
                * TensorPrimitives.Dot(BlockOf(problem, i, from, size), step);
        }
    }

    /// <summary>A block of the factor that an observed pair has on the other side.</summary>
    private ReadOnlySpan<float> BlockOf(in RowProblem problem, int pair, int from, int size) =>
        problem.Factors.Slice((problem.Columns[pair] * width) + from, size);

    private static int Square(int value) => value * value;
}
