using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>Part of an order that will be sent back; acts once.</summary>
internal sealed class PendingReturn(
    ShopperRun run, ShopperIdentity shopper, OrderId order, EventLine[] lines) : SimulatedProcess
{
    private const double ShortestMs = 3_600_000;

    // From one hour to ten days, as many in each doubling: some at once, most in a few days.
    private const double LongestOverShortest = 240;

    public override Turn Act(long now)
    {
        run.ReturnDone();
        return new Turn(
            new ShopperAction.ReturnOrder(
                run.NextNumber(), run.TimeAt(now), shopper, order, lines),
            Turn.Never);
    }

    public static long DrawDelay(SeededRandom random) =>
        (long)(ShortestMs * Math.Pow(LongestOverShortest, random.NextDouble()));

    /// <summary>At least one of the bought lines, each with at most the bought units.</summary>
    public static EventLine[] DrawLines(EventLine[] bought, SeededRandom random)
    {
        var certain = random.Below(bought.Length);
        var back = new List<EventLine>(bought.Length);
        for (var i = 0; i < bought.Length; i++)
        {
            if (i != certain && !random.Chance(0.4)) continue;
            back.Add(bought[i] with { Quantity = 1 + random.Below(bought[i].Quantity) });
        }
        return [.. back];
    }
}
