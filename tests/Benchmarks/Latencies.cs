namespace StreamCommerce.Benchmarks;

/// <summary>How long each request of a run took. One slot a request; any thread.</summary>
internal sealed class Latencies(int count)
{
    private readonly double[] _milliseconds = new double[count];

    public void Set(int request, TimeSpan took) =>
        _milliseconds[request] = took.TotalMilliseconds;

    /// <summary>The latency that this share of the requests did not exceed, in ms.</summary>
    public double Percentile(double share)
    {
        var sorted = _milliseconds.Order().ToArray();
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }
}
