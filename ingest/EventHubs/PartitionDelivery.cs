using Azure.Messaging.EventHubs;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Hands a partition's events to its handler once each: what came before, by sequence number or
/// by id, is left out, and what cannot be read or handled is set aside, so that the partition
/// never stops for an event. One caller at a time; made anew whenever the partition is taken.
/// </summary>
/// <param name="partition">Its number.</param>
/// <param name="next">All below it is handled.</param>
/// <param name="handler">Who handles.</param>
/// <param name="time">For the waits between tries.</param>
internal sealed class PartitionDelivery(
    int partition, long next, HubHandler handler, TimeProvider time)
{
    // Tried again after 0.1 s, 0.2 s, 0.4 s; then the partition is given up and taken anew.
    private const int RetryLimit = 3;
    // A client that repeats a batch does so within seconds.
    private const int RecentCount = 50_000;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    private readonly RecentEvents _recent = new(RecentCount);
    private DateTimeOffset _lastLoggedAt;

    /// <summary>All below it is handled, durably.</summary>
    public long Next { get; private set; } = next;

    /// <summary>Handles what is new among events, and completes when that is durable.</summary>
    /// <exception cref="IOException">The world's fault; <see cref="Next"/> is as it was.
    /// </exception>
    public async Task DeliverAsync(IReadOnlyList<EventData> received, CancellationToken ct)
    {
        var (fresh, aside, end) = Sort(received);
        foreach (var unreadable in aside)
        {
            HubInstruments.Unreadable(partition);
            await RetryAsync(
                () => handler.SetAside(partition, unreadable, unreadable.Problem!, ct), ct);
        }
        if (fresh.Count > 0) await HandleAsync(fresh.ToArray(), ct);
        foreach (var logged in fresh) _recent.Add(logged.Event);
        Next = end;
    }

    private (List<LoggedEvent> Fresh, List<LoggedEvent> Aside, long End) Sort(
        IReadOnlyList<EventData> received)
    {
        var (fresh, aside, end) = (new List<LoggedEvent>(), new List<LoggedEvent>(), Next);
        var seen = new HashSet<UInt128>();
        foreach (var one in received)
        {
            if (one.SequenceNumber < end)
            {
                HubInstruments.Repeated(partition);
                continue;
            }
            var logged = HubEventFormat.Read(one, _lastLoggedAt);
            (end, _lastLoggedAt) = (logged.Offset + 1, logged.LoggedAt);
            if (logged.Problem is not null)
                aside.Add(logged);
            else if (!_recent.Contains(logged.Event)
                && seen.Add(StableHash.OfEvent(logged.Event)))
                fresh.Add(logged);
            else
                HubInstruments.Repeated(partition);
        }
        return (fresh, aside, end);
    }

    private async Task HandleAsync(LoggedEvent[] fresh, CancellationToken ct)
    {
        try
        {
            await RetryAsync(() => handler.Handle(partition, fresh, ct), ct);
        }
        catch (Exception e) when (!IsOfTheWorld(e, ct) && fresh.Length > 1)
        {
            // One of them is poison: alone, it harms no other.
            foreach (var one in fresh) await HandleAsync([one], ct);
        }
        catch (Exception e) when (!IsOfTheWorld(e, ct))
        {
            await RetryAsync(() => handler.SetAside(
                partition, fresh[0], $"{e.GetType().Name}: {e.Message}", ct), ct);
        }
    }

    private async Task RetryAsync(Func<Task> act, CancellationToken ct)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await act();
                return;
            }
            catch (IOException) when (failures < RetryLimit && !ct.IsCancellationRequested)
            {
                await Task.Delay(FirstWait * (1 << failures), time, ct);
            }
        }
    }

    private static bool IsOfTheWorld(Exception e, CancellationToken ct) =>
        e is IOException || (e is OperationCanceledException && ct.IsCancellationRequested);
}
