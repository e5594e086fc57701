namespace StreamCommerce.Api.Hosting;

/// <summary>
/// Tells when background work begins to fail and when it works again, once each. The work retries
/// by itself.
/// </summary>
internal static class FaultWatch
{
    // A fault that is gone sooner was a retry's, and nobody's matter.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Looks until it is cancelled.</summary>
    /// <param name="fault">Why the work fails now; null where it does not.</param>
    /// <param name="onFault">Told of the first fault.</param>
    /// <param name="onRecovery">Told when it is gone.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task RunAsync(
        Func<Exception?> fault, Action<Exception> onFault, Action onRecovery, TimeProvider time,
        CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var isFailing = false;
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                var now = fault();
                if (now is not null && !isFailing) onFault(now);
                else if (now is null && isFailing) onRecovery();
                isFailing = now is not null;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }
}
