using System.Threading.Channels;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// Acts the simulated shoppers out on the live shop. One loop lets their time pass and hands
/// their actions to a few lanes, a visitor always to the same, so that what one visitor does is
/// done in order. A shop that is slow makes the lanes full, and so the shoppers' time slow.
/// </summary>
internal sealed class DemoTraffic(
    ShopperSimulator simulator, DemoShoppers shoppers, DemoRecommendations recommendations,
    DemoPace pace, TimeProvider time)
{
    private const int LaneCount = 4;

    // Half a second of the default rate.
    private const int ActionsAhead = 64;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var lanes = new Channel<ShopperAction>[LaneCount];
        for (var i = 0; i < LaneCount; i++)
        {
            lanes[i] = Channel.CreateBounded<ShopperAction>(
                new BoundedChannelOptions(ActionsAhead) { SingleReader = true });
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var working = lanes.Select(lane =>
            Task.Run(() => WorkAsync(lane.Reader, stop.Token), ct)).ToList();
        working.Add(Task.Run(() => LiveAsync(lanes, stop.Token), ct));
        try
        {
            // None ends by itself but by a fault, which ends them all.
            await await Task.WhenAny(working);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LiveAsync(Channel<ShopperAction>[] lanes, CancellationToken ct)
    {
        var run = simulator.Start();
        var now = simulator.Options.Start;
        using var timer = new PeriodicTimer(Tick, time);
        var last = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(ct))
        {
            var timestamp = time.GetTimestamp();
            var step = pace.Step(time.GetElapsedTime(last, timestamp));
            last = timestamp;
            now += step;
            var count = 0;
            while (run.TryNext(now, out var action))
            {
                await lanes[LaneOf(action)].Writer.WriteAsync(action, ct);
                count++;
            }
            pace.Observe(count, step);
            await shoppers.RestockDueAsync(ct);
        }
    }

    private async Task WorkAsync(ChannelReader<ShopperAction> actions, CancellationToken ct)
    {
        using var sender = shoppers.NewSender();
        var events = new List<CommerceEvent>();
        await foreach (var action in actions.ReadAllAsync(ct))
        {
            if (action is not ShopperAction.SendEvent sent)
            {
                await shoppers.ActAsync(action, sender, ct);
                continue;
            }
            // Browsers' clocks show the real time.
            events.Add(sent.Event with { Time = time.GetUtcNow() });
            // What waits anyway goes together, up to the next command.
            if (actions.TryPeek(out var next) && next is ShopperAction.SendEvent
                && events.Count < EventSender.BatchEvents)
            {
                continue;
            }
            await sender.SendAsync(events, ct);
            foreach (var sentEvent in events)
                await recommendations.ShowAsync(sentEvent, sender, ct);
            events.Clear();
        }
    }

    private static int LaneOf(ShopperAction action)
    {
        ShopperIdentity? shopper = action switch
        {
            ShopperAction.AddToCart add => add.Shopper,
            ShopperAction.RemoveFromCart remove => remove.Shopper,
            ShopperAction.Checkout checkout => checkout.Shopper,
            ShopperAction.ReturnOrder back => back.Shopper,
            _ => null,
        };
        var visitor = (action as ShopperAction.SendEvent)?.Event.Visitor ?? shopper?.Visitor;
        return visitor is { } known ? StableHash.Partition(known, LaneCount) : 0;
    }
}
