using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using StreamCommerce.Api.Hosting;

namespace StreamCommerce.Api.Live;

/// <summary>A snapshot, written once for all subscribers.</summary>
/// <param name="Number">Grows by one a snapshot.</param>
/// <param name="Json">The snapshot.</param>
internal sealed record LiveFrame(long Number, string Json);

/// <summary>
/// Takes a snapshot of the shop at each interval, while anybody watches, and shows it to all.
/// Only the newest is kept, so that a slow subscriber skips some and none is ever queued.
/// </summary>
internal sealed partial class LiveFeed(
    LiveQuery query, SubscriberGate gate, ApiOptions options, TimeProvider time,
    ILogger<LiveFeed> logger) : BackgroundService
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _more = NewSignal();
    private LiveFrame? _newest;

    /// <summary>
    /// Each snapshot that is newer than the last one given, from the newest on. The caller holds a
    /// place of the gate.
    /// </summary>
    /// <param name="after">The number of the last one the subscriber has; -1 for none.</param>
    /// <param name="ct">Ends it.</param>
    public async IAsyncEnumerable<LiveFrame> ReadAsync(
        long after, [EnumeratorCancellation] CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            LiveFrame? newest;
            Task more;
            lock (_gate) (newest, more) = (_newest, _more.Task);
            if (newest is null || newest.Number == after)
            {
                await more.WaitAsync(ct);
                continue;
            }
            after = newest.Number;
            yield return newest;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LiveInterval, time);
        try
        {
            do
            {
                if (gate.Count > 0) await ShowAsync(stoppingToken);
                else Drop();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task ShowAsync(CancellationToken ct)
    {
        try
        {
            var snapshot = await query.ReadAsync(ct);
            var json = JsonSerializer.Serialize(snapshot, ApiJson.Wire.LiveSnapshot);
            lock (_gate)
            {
                _newest = new LiveFrame(snapshot.Time.ToUnixTimeMilliseconds(), json);
                _more.TrySetResult();
                _more = NewSignal();
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The page misses a snapshot; the next one is tried.
            LogFault(fault);
        }
    }

    // Nobody watches: a later subscriber must not see an old shop as the newest.
    private void Drop()
    {
        lock (_gate) _newest = null;
    }

    /// <summary>The number of an event's id; -1 where it is none.</summary>
    public static long FromId(string? id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1;

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Warning, "A live snapshot could not be taken.")]
    private partial void LogFault(Exception fault);
}
