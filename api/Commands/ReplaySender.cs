using System.Threading.Channels;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// Sends a dataset in rounds, and after each one makes the point durable from which a replay can
/// go on. Within a round every lane sends in order on a connection of its own; a round begins
/// when the one before it is acknowledged whole, so that a partition's events stay in order.
/// </summary>
internal sealed class ReplaySender(
    ReplayOptions options, ServiceConnection service, int partitions, TimeProvider time,
    ProgressMeter meter)
{
    // One is being sent while the next is being read.
    private const int RoundsAhead = 1;

    private readonly List<RefusedByService> _told = [];

    /// <summary>Events that the service did not take, the first of them.</summary>
    public IReadOnlyList<RefusedByService> Refused => _told;

    /// <summary>All events that the service did not take.</summary>
    public long RefusedCount { get; private set; }

    /// <summary>Sends what is behind the state's position.</summary>
    /// <returns>False where it ended early, as the service refused events.</returns>
    public async Task<bool> RunAsync(ReplayState start, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // Wait, not drop: reading ahead only fills memory.
        var rounds = Channel.CreateBounded<ReplayRound>(new BoundedChannelOptions(RoundsAhead)
        {
            SingleReader = true,
            SingleWriter = true,
        });
        var pace = options.Speed.Factor is { } factor ? new ReplayPace(factor, time) : null;
        var reading = Task.Run(() => ReplayRound.ReadAllAsync(
            options, partitions, start.Position, pace, rounds.Writer, time, stop.Token), ct);
        try
        {
            return await SendAllAsync(start, rounds.Reader, ct);
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    private async Task<bool> SendAllAsync(
        ReplayState start, ChannelReader<ReplayRound> rounds, CancellationToken ct)
    {
        var lanes = new EventSender[options.Connections];
        for (var i = 0; i < lanes.Length; i++) lanes[i] = new EventSender(service);
        try
        {
            return await SendAllAsync(start, rounds, lanes, ct);
        }
        finally
        {
            foreach (var lane in lanes) lane.Dispose();
        }
    }

    private async Task<bool> SendAllAsync(
        ReplayState start, ChannelReader<ReplayRound> rounds, EventSender[] lanes,
        CancellationToken ct)
    {
        await foreach (var round in rounds.ReadAllAsync(ct))
        {
            var refused = await Task.WhenAll(round.Lanes.Select((events, lane) =>
                events.Count == 0 ? Task.FromResult(new List<RefusedByService>())
                    : Task.Run(() => lanes[lane].SendAsync(events, ct), ct)));
            foreach (var list in refused) Keep(list);
            if (RefusedCount > 0 && !options.SkipBad) return false;
            (start with { Position = round.LastPosition }).Save(options.StateFile);
            meter.Add(round.Count);
        }
        return true;
    }

    private void Keep(List<RefusedByService> refused)
    {
        RefusedCount += refused.Count;
        foreach (var one in refused)
        {
            if (_told.Count == DatasetCheck.ToldLimit) return;
            _told.Add(one);
        }
    }
}
