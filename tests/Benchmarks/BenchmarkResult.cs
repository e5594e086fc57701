using System.Globalization;

namespace StreamCommerce.Benchmarks;

/// <summary>What a benchmark found: a table, and one figure beside its baseline.</summary>
/// <param name="Columns">Headings of the table.</param>
/// <param name="Rows">Its rows, one cell a column.</param>
/// <param name="Value">The figure, a median over the runs.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Baseline">The baseline's figure, of the same unit, from the same runs; null where
/// it could not run.</param>
/// <param name="BaselineName">What it is.</param>
internal sealed record BenchmarkResult(
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    double Value,
    string Unit,
    double? Baseline,
    string BaselineName = "baseline")
{
    /// <summary>The middle one of the figures; the lower of the two middle ones.</summary>
    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted[(sorted.Length - 1) / 2];
    }

    /// <summary>A figure with the digits that carry meaning.</summary>
    public static string Format(double figure) => figure.ToString(
        figure switch
        {
            >= 100 => "N0",
            >= 10 => "N1",
            _ => "N2",
        },
        CultureInfo.InvariantCulture);

    /// <summary>Prints the table and, as the very last line, the figure.</summary>
    public void Print(string name, TextWriter output)
    {
        var lines = Rows.Prepend(Columns).ToArray();
        var widths = Columns.Select((_, i) => lines.Max(line => line[i].Length)).ToArray();
        output.WriteLine();
        for (var i = 0; i < lines.Length; i++)
        {
            output.WriteLine(string.Join("  ",
                lines[i].Select((cell, column) => column == 0
                    ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
            if (i == 0) output.WriteLine(string.Join("  ", widths.Select(w => new string('-', w))));
        }
        output.WriteLine();
        var beside = Baseline is { } baseline
            ? $"; {BaselineName} {Format(baseline)}; " +
                $"ratio {(Value / baseline).ToString("0.00", CultureInfo.InvariantCulture)}"
            : $"; no {BaselineName}";
        output.WriteLine($"{name}: {Format(Value)} {Unit}{beside}");
    }
}
