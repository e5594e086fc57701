using System.Globalization;
using StreamCommerce.Benchmarks.Baselines;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// What it costs one core to have a visitor's factor after each click, of 64 numbers and over
/// 100,000 items: solved for anew from the last n interactions, as the service does, and by updates
/// of a factorization. The baseline writes the normal equations down and solves them each time, in
/// plain loops. Every factor of a sample is checked against the baseline's.
/// Arguments: number of updates (default 200,000), runs (default 3).
/// Times are the process's user time, which a busy machine changes less than the clock's.
/// </summary>
internal static class FoldInBenchmark
{
    private const int Dimensions = 64;
    private const int ItemCount = 100_000;
    private const int CheckedCount = 200;

    private static readonly int[] Lengths = [1, 5, 10, 20, 50];

    public static Task<BenchmarkResult> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0]) : 200_000;
        var runs = args.Length > 1 ? int.Parse(args[1]) : 3;
        var random = new Random(1);
        var model = RandomModel(random);
        var parameters = new FoldInParameters(0.01, 0.003, 1);
        var foldIn = new FoldIn(model.ItemFactors, Dimensions, parameters);
        var full = new FullSolve(model.ItemFactors, Dimensions, parameters);
        var clicks = new HistoryEntry[count];
        for (var i = 0; i < count; i++) clicks[i] = new(random.Next(ItemCount));

        var rows = new List<IReadOnlyList<string>>();
        var (rate, baseline) = (0.0, 0.0);
        foreach (var length in Lengths)
        {
            var (anew, error) = Best(runs, () => SolveAnew(foldIn, full, clicks, length));
            var (updated, updateError) = Best(runs, () => Follow(foldIn, full, clicks, length));
            var slow = SolveInFull(full, clicks[..Math.Min(count, 2_000)], length);
            rows.Add([$"{length}", BenchmarkResult.Format(1e6 / anew),
                BenchmarkResult.Format(1e6 / updated), BenchmarkResult.Format(1e6 / slow),
                BenchmarkResult.Format(anew), BenchmarkResult.Format(updated),
                Math.Max(error, updateError).ToString("0.0e0", CultureInfo.InvariantCulture)]);
            // The longest, which costs most, is the figure.
            (rate, baseline) = (Math.Max(anew, updated), slow);
        }
        return Task.FromResult(new BenchmarkResult(
            ["interactions", "anew, µs", "updated, µs", "full solve, µs", "anew, a second",
                "updated, a second", "largest error"],
            rows, rate, "updates/s", baseline, "full solve"));
    }

    private static FactorizationModel RandomModel(Random random)
    {
        var factors = new float[ItemCount * Dimensions];
        // Axes of falling weight, as learnt factors have.
        for (var i = 0; i < factors.Length; i++)
            factors[i] = (random.NextSingle() - 0.5f) / (1 + (i % Dimensions));
        return FactorizationModel.Of(Dimensions, [], factors, new float[ItemCount]);
    }

    /// <summary>Updates a second, and the largest error found, of the largest number.</summary>
    private static (double Rate, double Error) Best(int runs, Func<(double, double)> run)
    {
        var results = Enumerable.Range(0, runs).Select(_ => run()).ToArray();
        return (BenchmarkResult.Median(results.Select(result => result.Item1)),
            results.Max(result => result.Item2));
    }

    private static (double Rate, double Error) SolveAnew(
        FoldIn foldIn, FullSolve full, HistoryEntry[] clicks, int length)
    {
        var factor = new float[Dimensions];
        Pass(clicks[..Math.Min(5_000, clicks.Length)]);
        var time = UserTime(() => Pass(clicks));
        var error = 0.0;
        for (var end = length; end <= Math.Min(clicks.Length, length + CheckedCount); end++)
        {
            foldIn.Solve(clicks.AsSpan(end - length, length), factor);
            error = Math.Max(error, full.ErrorOf(factor, clicks.AsSpan(end - length, length)));
        }
        return (clicks.Length / time, error);

        void Pass(HistoryEntry[] some)
        {
            for (var end = 1; end <= some.Length; end++)
            {
                var from = Math.Max(0, end - length);
                foldIn.Solve(some.AsSpan(from, end - from), factor);
            }
        }
    }

    private static (double Rate, double Error) Follow(
        FoldIn foldIn, FullSolve full, HistoryEntry[] clicks, int length)
    {
        var factor = new float[Dimensions];
        var visitor = new VisitorFactor(foldIn, length);
        Pass(clicks[..Math.Min(5_000, clicks.Length)]);
        var time = UserTime(() => Pass(clicks));
        var error = 0.0;
        for (var i = 0; i < Math.Min(clicks.Length, length + CheckedCount); i++)
        {
            visitor.Add(clicks[i]);
            if (i < length) continue;
            visitor.CopyTo(factor);
            error = Math.Max(error,
                full.ErrorOf(factor, clicks.AsSpan(i + 1 - length, length)));
        }
        return (clicks.Length / time, error);

        void Pass(HistoryEntry[] some)
        {
            foreach (var click in some)
            {
                visitor.Add(click);
                visitor.CopyTo(factor);
            }
        }
    }

    private static double SolveInFull(FullSolve full, HistoryEntry[] clicks, int length)
    {
        full.Solve(clicks.AsSpan(0, Math.Min(length, clicks.Length)));
        return clicks.Length / UserTime(() =>
        {
            for (var end = 1; end <= clicks.Length; end++)
            {
                var from = Math.Max(0, end - length);
                full.Solve(clicks.AsSpan(from, end - from));
            }
        });
    }

    /// <summary>Seconds.</summary>
    private static double UserTime(Action action)
    {
        var start = Environment.CpuUsage.UserTime;
        action();
        return (Environment.CpuUsage.UserTime - start).TotalSeconds;
    }

    /// <summary>The baseline: the Gramian is known, all else is done each time.</summary>
    private sealed class FullSolve
    {
        private readonly float[] _factors;
        private readonly int _dimensions;
        private readonly FoldInParameters _parameters;
        private readonly double[,] _gramian;

        public FullSolve(float[] factors, int dimensions, FoldInParameters parameters)
        {
            (_factors, _dimensions, _parameters) = (factors, dimensions, parameters);
            _gramian = new double[dimensions, dimensions];
            for (var item = 0; item < ItemCount; item++) AddOuter(_gramian, item, 1);
        }

        public double[] Solve(ReadOnlySpan<HistoryEntry> interactions)
        {
            var matrix = (double[,])_gramian.Clone();
            var sums = new double[_dimensions];
            var regularization = _parameters.Regularization * Math.Pow(
                interactions.Length + (_parameters.UnobservedWeight * ItemCount),
                _parameters.FrequencyExponent);
            for (var i = 0; i < _dimensions; i++)
            {
                for (var j = 0; j < _dimensions; j++)
                    matrix[i, j] *= _parameters.UnobservedWeight;
                matrix[i, i] += regularization;
            }
            foreach (var entry in interactions)
            {
                AddOuter(matrix, entry.Item, entry.Weight);
                for (var i = 0; i < _dimensions; i++)
                    sums[i] += entry.Weight * _factors[(entry.Item * _dimensions) + i];
            }
            ScalarIals.Solve(matrix, sums);
            return sums;
        }

        /// <exception cref="InvalidOperationException">It is more than rounding.</exception>
        public double ErrorOf(float[] factor, ReadOnlySpan<HistoryEntry> interactions)
        {
            var expected = Solve(interactions);
            var largest = expected.Max(Math.Abs);
            var error = expected.Zip(factor, (one, other) => Math.Abs(one - other)).Max() / largest;
            if (!(error < 1e-3))
                throw new InvalidOperationException($"A factor is wrong by {error} of it.");
            return error;
        }

        private void AddOuter(double[,] matrix, int item, double weight)
        {
            var factor = _factors.AsSpan(item * _dimensions, _dimensions);
            for (var i = 0; i < _dimensions; i++)
                for (var j = i; j < _dimensions; j++)
                    matrix[i, j] += weight * factor[i] * factor[j];
        }
    }
}
