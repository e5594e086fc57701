namespace StreamCommerce.Models.Tuning;

/// <summary>
/// Counts the equal steps of a work and tells of each hundredth that is done. Any thread; two that
/// end a hundredth at the same time may tell of them in either order.
/// </summary>
/// <param name="progress">Who is told; null where nobody listens.</param>
/// <param name="stepCount">All steps, at least 0.</param>
internal sealed class StepProgress(IProgress<double>? progress, long stepCount)
{
    private long _done;

    /// <summary>A step is done.</summary>
    public void Add()
    {
        if (progress is null) return;
        var done = Interlocked.Increment(ref _done);
        if (100 * done / stepCount > 100 * (done - 1) / stepCount)
            progress.Report((double)done / stepCount);
    }
}
