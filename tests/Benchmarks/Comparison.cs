using System.Globalization;
using StreamCommerce.Benchmarks.Baselines;
using StreamCommerce.Benchmarks.Load;

namespace StreamCommerce.Benchmarks;

/// <summary>Runs of the same work, ours and the others', as rows of one table.</summary>
internal sealed class Comparison(string unit)
{
    private const string None = "-";

    private readonly List<(string System, List<LoadResult> Runs)> _ours = [];
    private readonly List<(string System, List<double> Rates, string? Skipped)> _others = [];

    public void Add(string system, LoadResult run)
    {
        if (_ours.All(row => row.System != system)) _ours.Add((system, []));
        _ours.First(row => row.System == system).Runs.Add(run);
    }

    public void Add(IReadOnlyList<BaselineRate> rates)
    {
        foreach (var rate in rates)
        {
            if (_others.All(row => row.System != rate.System))
                _others.Add((rate.System, [], rate.Skipped));
            if (rate.Rate is { } measured)
                _others.First(row => row.System == rate.System).Rates.Add(measured);
        }
    }

    /// <summary>A row's median rate.</summary>
    public double RateOf(string system) => BenchmarkResult.Median(
        _ours.First(row => row.System == system).Runs.Select(run => run.Rate));

    /// <summary>Medians over the runs; the ratio is the first row's rate to the row's.</summary>
    public BenchmarkResult ToResult(
        double value, string valueUnit, double? baseline, string baselineName)
    {
        var first = RateOf(_ours[0].System);
        IReadOnlyList<string> columns = ["", unit, "lowest", "highest", "ratio", "p50 ms", "p90 ms",
            "p99 ms", "max ms", "service µs", "generator µs"];
        return new BenchmarkResult(
            columns,
            [.. _ours.Select(row => OurRow(row.System, row.Runs, first)),
                .. _others.Select(row => OtherRow(row.System, row.Rates, row.Skipped, first))],
            value, valueUnit, baseline, baselineName);
    }

    /// <summary>The best of the others whose name begins so; null where none ran.</summary>
    public double? BestOf(string system) => _others
        .Where(row => row.System.StartsWith(system, StringComparison.Ordinal)
            && row.Rates.Count > 0)
        .Select(row => (double?)BenchmarkResult.Median(row.Rates)).Max();

    private static IReadOnlyList<string> OurRow(string system, List<LoadResult> runs, double first)
    {
        return [system, .. Rates([.. runs.Select(run => run.Rate)], first),
            Middle(run => run.MedianMs), Middle(run => run.P90Ms), Middle(run => run.P99Ms),
            Middle(run => run.MaximumMs), Middle(run => run.ServiceMicroseconds),
            Middle(run => run.GeneratorMicroseconds)];

        string Middle(Func<LoadResult, double> figure) =>
            BenchmarkResult.Format(BenchmarkResult.Median(runs.Select(figure)));
    }

    private static IReadOnlyList<string> OtherRow(
        string system, List<double> rates, string? skipped, double first) => rates.Count == 0
        ? [$"{system}: {skipped}", .. Enumerable.Repeat(None, 10)]
        : [system, .. Rates(rates, first), .. Enumerable.Repeat(None, 6)];

    private static string[] Rates(List<double> rates, double first)
    {
        var median = BenchmarkResult.Median(rates);
        return [BenchmarkResult.Format(median), BenchmarkResult.Format(rates.Min()),
            BenchmarkResult.Format(rates.Max()),
            (first / median).ToString("0.00", CultureInfo.InvariantCulture)];
    }
}
