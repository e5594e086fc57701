using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Funnels;

/// <summary>One step of the funnel.</summary>
/// <param name="Event">The event that makes the step.</param>
/// <param name="Sessions">Sessions with this step and all before it.</param>
/// <param name="AnySessions">Sessions with this step, whatever else they saw.</param>
/// <param name="ConversionRate"><paramref name="Sessions"/> over those of the step before, 0 to
/// 1; 1 at the first step, 0 after an empty one.</param>
public sealed record FunnelStep(
    EventName Event, long Sessions, long AnySessions, double ConversionRate);

/// <summary>Answers for the whole shop from each partition's <see cref="FunnelProjection"/>.
/// </summary>
public sealed class LiveFunnel(CommerceEngine engine)
{
    /// <summary>The steps, in order, of the sessions that began in or after the hour of
    /// <paramref name="from"/>.</summary>
    public IReadOnlyList<FunnelStep> Read(DateTimeOffset from)
    {
        var closed = new long[FunnelProjection.Steps.Count];
        var open = new long[FunnelProjection.Steps.Count];
        engine.ReadEach<FunnelProjection>((_, funnel) => funnel.Sum(from, closed, open));
        return [.. FunnelProjection.Steps.Select((name, step) =>
            new FunnelStep(name, closed[step], open[step], Rate(closed, step)))];
    }

    private static double Rate(long[] closed, int step) => step switch
    {
        0 => 1,
        _ when closed[step - 1] == 0 => 0,
        _ => (double)closed[step] / closed[step - 1],
    };
}
