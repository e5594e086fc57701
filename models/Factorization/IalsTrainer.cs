using System.Numerics.Tensors;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// Learns factors of users and items from implicit feedback by alternating least squares: the loss
/// of Hu, Koren, Volinsky ("Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008)
/// with regularization by frequency as in Rendle, Krichene, Zhang, Koren ("Revisiting the
/// Performance of iALS on Item Recommendation Benchmarks", RecSys 2022),
/// <code>
/// Σ w (x·y − 1)² over the observed pairs  +  α Σ u (x·y)² over all pairs
///   +  λ Σ (Σ w + α Σ u)^ν |x|² over the rows of both sides, each with the sums of its own pairs,
/// </code>
/// where u is (popularity / mean popularity)^e of the item (<see cref="RelativePopularity"/>); its
/// factor is in the end multiplied by the same to the power of γ, and so are its scores. It is
/// minimized over one block of coordinates after the other (<see cref="RowSolver"/>). A row is
/// solved by one thread from the other side's factors alone, and sums over rows are taken in fixed
/// parts: the factors are the same, to the bit, with any number of threads.
/// </summary>
public static class IalsTrainer
{
    // Enough that the last ones to end hardly differ, few enough that taking one costs nothing.
    private const int PartCount = 256;

    // A row without interactions costs about what this many interactions do.
    private const int RowCost = 16;

    /// <summary>Trains a model.</summary>
    /// <param name="histories">What users did; weights of the same user and item add up.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told how much is done, from 0 to 1, twice an epoch.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="ArgumentException">An option is outside its limits.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static FactorizationModel Train(Histories histories, IalsOptions options,
        IProgress<double>? progress = null, CancellationToken ct = default)
    {
        options.Check();
        var users = SparseMatrix.Of(histories);
        var items = users.Transpose();
        var popularity = RowSums(items);
        var width = DenseKernels.Padded(options.Dimensions);
        var userSide = new Side(
            users, RelativePopularity.Powers(new float[users.RowCount], 0), width);
        var itemSide = new Side(
            items, RelativePopularity.Powers(popularity, options.PopularityExponent), width);
        InitialFactors(items.RowCount, width, options).CopyTo(itemSide.Factors, 0);
        var solvers = new RowSolver[options.ThreadCount];
        for (var i = 0; i < solvers.Length; i++)
            solvers[i] = new RowSolver(width, DenseKernels.Padded(options.BlockSize));
        for (var pass = 0; pass < (2 * options.Epochs) + 1; pass++)
        {
            var (side, other) = pass % 2 == 0 ? (userSide, itemSide) : (itemSide, userSide);
            SolveSide(side, other, solvers, options, ct);
            progress?.Report((pass + 1.0) / ((2 * options.Epochs) + 1));
        }
        var scales = RelativePopularity.Powers(popularity, options.ScoreExponent);
        for (var item = 0; item < scales.Length; item++)
        {
            var factor = itemSide.Factors.AsSpan(item * width, width);
            TensorPrimitives.Multiply(factor, scales[item], factor);
        }
        return FactorizationModel.Of(options.Dimensions,
            Gramian.Widened(userSide.Factors, width, options.Dimensions),
            Gramian.Widened(itemSide.Factors, width, options.Dimensions),
            popularity, RelativePopularity.Powers(
                popularity, options.PopularityExponent - (2 * options.ScoreExponent)),
            options.ThreadCount, ct);
    }

    private static float[] RowSums(SparseMatrix matrix)
    {
        var sums = new float[matrix.RowCount];
        for (var row = 0; row < sums.Length; row++)
            sums[row] = (float)RelativePopularity.Sum(matrix.ValuesOf(row));
        return sums;
    }

    private static void SolveSide(
        Side side, Side other, RowSolver[] solvers, IalsOptions options, CancellationToken ct)
    {
        var gramian = Gramian.Of(
            other.Factors, side.Width, other.Unobserved, solvers.Length, ct);
        SharedWork.Run(side.Parts.Length - 1, solvers.Length, (worker, part) =>
        {
            for (var row = side.Parts[part]; row < side.Parts[part + 1]; row++)
                side.SolveRow(row, other, gramian, solvers[worker], options);
        }, ct);
    }

    /// <summary>Small numbers of a normal distribution, from the seed.</summary>
    internal static float[] InitialFactors(int rowCount, int width, IalsOptions options)
    {
        var factors = new float[rowCount * width];
        var random = new Random(options.Seed);
        var deviation = options.InitialDeviation / Math.Sqrt(options.Dimensions);
        for (var row = 0; row < factors.Length; row += width)
        {
            for (var i = 0; i < options.Dimensions; i++)
            {
                var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                factors[row + i] = (float)(
                    deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
            }
        }
        return factors;
    }

    /// <summary>The users or the items while they are learnt.</summary>
    private sealed class Side(SparseMatrix matrix, float[] unobserved, int width)
    {
        private readonly double _unobservedTotal = RelativePopularity.Sum(unobserved);

        public float[] Factors { get; } = new float[matrix.RowCount * width];

        /// <summary>u, one a row.</summary>
        public float[] Unobserved => unobserved;

        public int Width => width;

        /// <summary>Where parts of about the same work start, and one more.</summary>
        public int[] Parts { get; } = SplitEvenly(matrix);

        public void SolveRow(
            int row, Side other, float[] gramian, RowSolver solver, IalsOptions options)
        {
            var alpha = options.UnobservedWeight * unobserved[row];
            var frequency = alpha * other._unobservedTotal;
            foreach (var weight in matrix.ValuesOf(row)) frequency += weight;
            solver.Solve(new RowProblem
            {
                Factors = other.Factors,
                Gramian = gramian,
                Columns = matrix.ColumnsOf(row),
                Weights = matrix.ValuesOf(row),
                UnobservedWeight = (float)alpha,
                Regularization = (float)(
                    options.Regularization * Math.Pow(frequency, options.FrequencyExponent)),
            }, Factors.AsSpan(row * width, width));
        }

        private static int[] SplitEvenly(SparseMatrix matrix)
        {
            var total = matrix.EntryCount + ((long)RowCost * matrix.RowCount);
            var starts = new List<int> { 0 };
            var cost = 0L;
            for (var row = 0; row < matrix.RowCount; row++)
            {
                cost += matrix.ColumnsOf(row).Length + RowCost;
                if (cost * PartCount >= total * starts.Count || row == matrix.RowCount - 1)
                    starts.Add(row + 1);
            }
            return [.. starts];
        }
    }
}
