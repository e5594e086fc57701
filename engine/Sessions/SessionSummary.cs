using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Sessions;

/// <summary>Answers for the whole shop from each partition's <see cref="SessionProjection"/>.
/// </summary>
public sealed class SessionSummary(CommerceEngine engine)
{
    /// <summary>The counts of all partitions together.</summary>
    public SessionCounts Read()
    {
        var sum = new SessionCounts();
        engine.ReadEach<SessionProjection>((_, sessions) =>
        {
            var counts = sessions.Counts;
            sum.Started += counts.Started;
            sum.Ended += counts.Ended;
            sum.Events += counts.Events;
            sum.Merged += counts.Merged;
        });
        return sum;
    }
}
