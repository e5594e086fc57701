using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Benchmarks.Baselines;

/// <summary>
/// What <see cref="IalsTrainer"/> does, in plain loops over single numbers: the same loss, blocks,
/// order and first factors, written down once more. The tests compare the factors' products, the
/// benchmark also the time. Rows are shared among threads, as there.
/// </summary>
internal sealed class ScalarIals
{
    private readonly IalsOptions _options;
    private readonly Table _users;
    private readonly Table _items;

    public ScalarIals(SparseMatrix users, SparseMatrix items, IalsOptions options)
    {
        _options = options;
        var popularity = Enumerable.Range(0, items.RowCount)
            .Select(item => items.ValuesOf(item).ToArray().Sum(value => (double)value)).ToArray();
        var mean = popularity.Sum() / Math.Max(1, popularity.Count(sum => sum > 0));
        _users = new(users, options.Dimensions, [.. Enumerable.Repeat(1.0, users.RowCount)]);
        _items = new(items, options.Dimensions, [.. popularity.Select(sum =>
            sum > 0 ? Math.Pow(sum / mean, options.PopularityExponent) : 1)]);
        var first = IalsTrainer.InitialFactors(items.RowCount, options.Dimensions, options);
        first.CopyTo(_items.Factors, 0);
    }

    public float[] UserFactors => _users.Factors;

    public float[] ItemFactors => _items.Factors;

    /// <summary>An epoch: all users, then all items.</summary>
    public void RunEpoch()
    {
        SolveUsers();
        SolveSide(_items, _users);
    }

    public void SolveUsers() => SolveSide(_users, _items);

    /// <summary>Solves for some users only.</summary>
    public void SolveUsers(IReadOnlyList<int> sample) => SolveSide(_users, _items, sample);

    private void SolveSide(Table side, Table other, IReadOnlyList<int>? sample = null)
    {
        var d = _options.Dimensions;
        var gramian = new double[d, d];
        for (var row = 0; row < other.Unobserved.Length; row++)
        {
            for (var i = 0; i < d; i++)
            {
                var left = other.Unobserved[row] * other.Factors[(row * d) + i];
                for (var j = 0; j < d; j++) gramian[i, j] += left * other.Factors[(row * d) + j];
            }
        }
        Parallel.For(0, sample?.Count ?? side.Unobserved.Length,
            new ParallelOptions { MaxDegreeOfParallelism = _options.ThreadCount },
            row => SolveRow(sample?[row] ?? row, side, other, gramian));
    }

    private void SolveRow(int row, Table side, Table other, double[,] gramian)
    {
        var d = _options.Dimensions;
        var x = side.Factors.AsSpan(row * d, d);
        var columns = side.Matrix.ColumnsOf(row);
        if (columns.IsEmpty)
        {
            x.Clear();
            return;
        }
        var weights = new double[columns.Length];
        for (var k = 0; k < columns.Length; k++) weights[k] = side.Matrix.ValuesOf(row)[k];
        var alpha = _options.UnobservedWeight * side.Unobserved[row];
        var lambda = _options.Regularization * Math.Pow(
            weights.Sum() + (alpha * other.UnobservedTotal), _options.FrequencyExponent);
        var block = (_options.BlockSize + 15) / 16 * 16;
        for (var from = 0; from < d; from += block)
        {
            var size = Math.Min(block, d - from);
            var hessian = new double[size, size];
            var gradient = new double[size];
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < d; j++) gradient[i] += alpha * gramian[from + i, j] * x[j];
                gradient[i] += lambda * x[from + i];
                for (var j = 0; j < size; j++) hessian[i, j] = alpha * gramian[from + i, from + j];
                hessian[i, i] += lambda;
            }
            for (var k = 0; k < columns.Length; k++)
            {
                var y = other.Factors.AsSpan(columns[k] * d, d);
                var error = -1.0;
                for (var i = 0; i < d; i++) error += x[i] * y[i];
                for (var i = 0; i < size; i++)
                {
                    var left = weights[k] * y[from + i];
                    gradient[i] += error * left;
                    for (var j = i; j < size; j++) hessian[i, j] += left * y[from + j];
                }
            }
            Solve(hessian, gradient);
            for (var i = 0; i < size; i++) x[from + i] -= (float)gradient[i];
        }
    }

    /// <summary>Solves A x = b in place, by A = UᵀU; A's upper triangle is read.</summary>
    public static void Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        for (var k = 0; k < n; k++)
        {
            var pivot = Math.Sqrt(a[k, k]);
            for (var j = k; j < n; j++) a[k, j] /= pivot;
            for (var i = k + 1; i < n; i++)
                for (var j = i; j < n; j++) a[i, j] -= a[k, i] * a[k, j];
            b[k] /= pivot;
            for (var i = k + 1; i < n; i++) b[i] -= a[k, i] * b[k];
        }
        for (var k = n - 1; k >= 0; k--)
        {
            for (var j = k + 1; j < n; j++) b[k] -= a[k, j] * b[j];
            b[k] /= a[k, k];
        }
    }

    private sealed record Table(SparseMatrix Matrix, int Dimensions, double[] Unobserved)
    {
        public float[] Factors { get; } = new float[Matrix.RowCount * Dimensions];

        public double UnobservedTotal { get; } = Unobserved.Sum();
    }
}
