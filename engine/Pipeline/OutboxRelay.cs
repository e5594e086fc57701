using StreamCommerce.Engine.Outbox;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// Takes what the stores have to tell to the log: reads the oldest entries, appends them, removes
/// them. A crash in between tells them again with the same ids, which readers discard. One relay
/// an outbox.
/// </summary>
/// <remarks>
/// This loop owns the log's and the store's faults: it waits, twice as long each time up to
/// <see cref="RetryMaximum"/>, and tries again for as long as it runs. Nothing is lost meanwhile,
/// the outbox grows; <see cref="Fault"/> says why.
/// </remarks>
public sealed class OutboxRelay(IOutbox outbox, IEventLog log, TimeProvider time)
{
    private const int BatchLimit = 500;

    // Each append wakes four partitions and syncs four files. At a hundred commits a second that
    // cost a seventh of a checkout; so a batch of this many lets the next one gather.
    private const int BusyCount = 32;

    /// <summary>How long a busy shop's events gather: the log gets them 50 times a second, and a
    /// single sale at once.</summary>
    public static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest wait for a signal: a lost one costs no more.</summary>
    public static readonly TimeSpan SignalTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The first wait after a fault.</summary>
    public static readonly TimeSpan RetryMinimum = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait after a fault.</summary>
    public static readonly TimeSpan RetryMaximum = TimeSpan.FromSeconds(10);

    private long _relayed;
    private volatile Exception? _fault;

    /// <summary>Events that were appended to the log, repeats included.</summary>
    public long RelayedCount => Interlocked.Read(ref _relayed);

    /// <summary>Why the last attempt failed; null where it did not.</summary>
    public Exception? Fault => _fault;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var retry = RetryMinimum;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var last = await DrainAsync(ct);
                _fault = null;
                retry = RetryMinimum;
                if (last >= BusyCount) await PauseAsync(BusyPause, ct);
                await WaitForEntriesAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
            }
            catch (IOException fault)
            {
                // LogAppendException or StoreUnavailableException: the world's fault, not ours.
                _fault = fault;
                await PauseAsync(retry, ct);
                retry = TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, RetryMaximum.Ticks));
            }
        }
    }

    /// <summary>Tells all there is.</summary>
    /// <returns>How many the last batch held.</returns>
    private async Task<int> DrainAsync(CancellationToken ct)
    {
        while (true)
        {
            var entries = await outbox.ReadAsync(BatchLimit, ct);
            if (entries.Count == 0) return 0;
            var events = new CommerceEvent[entries.Count];
            for (var i = 0; i < events.Length; i++) events[i] = entries[i].Event;
            await log.AppendAsync(events, ct);
            Interlocked.Add(ref _relayed, events.Length);
            await outbox.RemoveThroughAsync(entries[^1].Id, ct);
            // Not full: that was all, and whatever came since has set the signal.
            if (entries.Count < BatchLimit) return entries.Count;
        }
    }

    private async Task WaitForEntriesAsync(CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(SignalTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await outbox.WaitForEntriesAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken ct)
    {
        try
        {
            await Task.Delay(pause, time, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }
}
