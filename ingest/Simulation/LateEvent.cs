namespace StreamCommerce.Ingest.Simulation;

/// <summary>An event that its browser sends late; acts once.</summary>
internal sealed class LateEvent(ShopperRun run, ShopperAction.SendEvent action) : SimulatedProcess
{
    public override Turn Act(long now)
    {
        run.LateEventSent();
        return new Turn(action with { At = run.TimeAt(now) }, Turn.Never);
    }
}
