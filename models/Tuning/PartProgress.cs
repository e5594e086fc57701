namespace StreamCommerce.Models.Tuning;

/// <summary>Tells the progress of a part, from 0 to 1, as that of the whole.</summary>
/// <param name="whole">Who is told.</param>
/// <param name="from">Where the part begins, from 0 to 1.</param>
/// <param name="until">Where it ends, from 0 to 1.</param>
internal sealed class PartProgress(IProgress<double> whole, double from, double until)
    : IProgress<double>
{
    public void Report(double value) => whole.Report(from + (value * (until - from)));
}
