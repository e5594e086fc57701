using Microsoft.Extensions.Logging;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// The one loop that writes a partition. It takes all appends that wait, sends them as one group,
/// answers them, and looks again: the slower the hub, the larger the groups.
/// </summary>
/// <remarks>
/// What the hub does not take, after the client's retries, goes into the spill and is answered
/// when it is durable there. While the spill holds anything, all that comes goes behind it, and a
/// second loop drains it in order; so a partition's order is the one of its appends, whatever
/// fails. The two loops meet in <c>_turn</c>: storing and the end of a drain exclude one another.
/// A batch whose acknowledgement was lost is in the hub twice.
/// </remarks>
internal sealed partial class HubPartitionWriter : IAsyncDisposable
{
    private readonly HubSender _sender;
    private readonly HubSpill _spill;
    private readonly HubAppendQueue _queue;
    private readonly TimeSpan _drainInterval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HubStatus _status;
    private readonly Func<bool> _isAway;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private Task _draining = Task.CompletedTask;
    // Changed in one's turn only.
    private bool _isDraining;

    /// <param name="sender">Its own.</param>
    /// <param name="spill">Its own; drained from now on where it holds anything.</param>
    /// <param name="options">Limits and intervals.</param>
    /// <param name="time">For the drain's interval.</param>
    /// <param name="logger">Told when the hub goes away and comes back.</param>
    /// <param name="status">Told when the hub has taken events, and when it is away.</param>
    /// <param name="isAway">Whether it is known that the hub would not take any.</param>
    public HubPartitionWriter(
        HubSender sender, HubSpill spill, EventHubsOptions options, TimeProvider time,
        ILogger logger, HubStatus status, Func<bool> isAway)
    {
        (_sender, _spill, _time, _logger) = (sender, spill, time, logger);
        (_status, _isAway) = (status, isAway);
        _drainInterval = options.DrainInterval;
        _queue = new(options.QueueBytes);
        if (!spill.IsEmpty) StartDraining();
        _running = Task.Run(RunAsync);
    }

    /// <summary>Whether events wait here for the hub to come back.</summary>
    public bool IsSpilling => !_spill.IsEmpty;

    /// <summary>What waits; null where nothing does.</summary>
    public SpillStatus? Spill => _spill.Status;

    /// <summary>Queues an append, which is the writer's from then on.</summary>
    /// <exception cref="LogAppendException">The log is shut.</exception>
    public ValueTask AddAsync(HubAppend append, CancellationToken ct) =>
        _queue.AddAsync(append, ct);

    /// <summary>Stores what is queued, then stops. A spill stays for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Shut();
        await _running;
        await _stop.CancelAsync();
        await _draining;
        await _spill.DisposeAsync();
        _turn.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _queue.TakeAsync() is { } group)
        {
            await _turn.WaitAsync();
            try
            {
                await StoreAsync(group);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task StoreAsync(IReadOnlyList<HubAppend> group)
    {
        var sent = new Sent(0, null);
        if (_spill.IsEmpty && !_isAway())
        {
            sent = await _sender.SendAsync(
                [.. group.SelectMany(append => append.Encoded)], CancellationToken.None);
            if (sent.Count > 0) _status.Appended();
        }
        var fault = sent.Count == group.Sum(append => append.Events.Count)
            ? null : await SpillAsync(group, sent);
        var end = 0;
        foreach (var append in group)
        {
            end += append.Events.Count;
            append.Complete(end <= sent.Count ? null : fault);
        }
    }

    /// <summary>Keeps here what was not sent; the reason where that fails too.</summary>
    private async Task<Exception?> SpillAsync(IReadOnlyList<HubAppend> group, Sent sent)
    {
        if (sent.Fault is { } fault)
        {
            LogSpills(fault, _sender.Partition);
            _status.Away(fault);
        }
        try
        {
            var rest = group.SelectMany(append => append.Events).Skip(sent.Count).ToArray();
            await _spill.AppendAsync(rest, CancellationToken.None);
            HubInstruments.Spilled(_sender.Partition, rest.Length);
            Measure();
            return null;
        }
        catch (Exception e)
        {
            // Whatever it was, the callers must get an answer.
            return e as LogAppendException ?? new LogAppendException(
                $"The hub cannot be reached, and the spill fails: {e.Message}", e);
        }
        finally
        {
            if (!_spill.IsEmpty && !_isDraining) StartDraining();
        }
    }

    private void StartDraining()
    {
        _isDraining = true;
        _draining = Task.Run(() => DrainAsync(_stop.Token));
    }

    /// <summary>Tries until the spill is gone, or it is told to stop.</summary>
    private async Task DrainAsync(CancellationToken ct)
    {
        var next = -1L;
        try
        {
            while (true)
            {
                try
                {
                    if (next < 0) next = await _spill.FindDrainedAsync(ct);
                    next = await DrainMostAsync(next, ct);
                    await EndAsync(next, ct);
                    return;
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    LogStillAway(e, _sender.Partition);
                    Measure();
                    // As far as it was noted.
                    next = -1;
                    await Task.Delay(_drainInterval, _time, ct);
                }
            }
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // Whatever the client says while it is told to stop: the spill stays.
        }
    }

    /// <summary>Sends what is in the spill, and what comes meanwhile, until one batch at most is
    /// left, or as much comes as goes.</summary>
    /// <returns>Where it has ended.</returns>
    private async Task<long> DrainMostAsync(long next, CancellationToken ct)
    {
        for (var left = long.MaxValue; ;)
        {
            next = await DrainAsync(next, ct);
            var rest = _spill.NextOffset - next;
            if (rest <= HubSpill.ReadCount || rest >= left) return next;
            left = rest;
        }
    }

    /// <summary>Sends what is in the spill now.</summary>
    /// <returns>Where it ends.</returns>
    private async Task<long> DrainAsync(long next, CancellationToken ct)
    {
        var end = _spill.NextOffset;
        if (next == end) return next;
        await foreach (var batch in _spill.ReadAsync(next, ct))
        {
            var events = batch.ToArray().Select(e => HubEventFormat.ToEventData(e.Event)).ToArray();
            var sent = await _sender.SendAsync(events, ct);
            if (sent.Count > 0)
            {
                _status.Appended();
                next += sent.Count;
                HubInstruments.Drained(_sender.Partition, sent.Count);
                await _spill.NoteDrainedAsync(next, ct);
            }
            if (sent.Fault is { } fault)
            {
                _status.Away(fault);
                throw new IOException(fault.Message, fault);
            }
            if (next >= end) break;
        }
        return next;
    }

    /// <summary>Sends what has come meanwhile, and lets appends go to the hub again. They wait for
    /// this last part: else a busy shop's spill would never be empty.</summary>
    private async Task EndAsync(long next, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            next = await DrainAsync(next, ct);
            await _spill.RemoveAsync();
            _isDraining = false;
            Measure();
            LogDrained(_sender.Partition, next);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Measure() =>
        HubInstruments.Spills(_sender.Partition, _spill.Status, _time.GetUtcNow());

    [LoggerMessage(LogLevel.Error,
        "Partition {Partition}: the hub does not take events; they are kept here.")]
    private partial void LogSpills(Exception e, int partition);

    [LoggerMessage(LogLevel.Debug, "Partition {Partition}: the hub still does not take events.")]
    private partial void LogStillAway(Exception e, int partition);

    [LoggerMessage(LogLevel.Information,
        "Partition {Partition}: the hub takes events again; it has got the {Count} kept here.")]
    private partial void LogDrained(int partition, long count);
}
