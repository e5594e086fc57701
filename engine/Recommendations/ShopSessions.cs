using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Models.Sessions;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// What the whole shop has learnt from sessions, over all partitions and by the shop's numbers: a
/// click counts at once, a session as soon as it has ended. Any thread.
/// </summary>
public sealed class ShopSessions
{
    // So far clicks are related, and so many followers are kept of a product.
    private const int RuleSteps = 5;
    private const int FollowerLimit = 100;

    // Of what is taught again at a start, weights are learnt from the last sessions.
    private const int TunedSessions = 50_000;

    private readonly SessionBlendTuning _tuning = new(BlendOptions);

    /// <param name="limit">Sessions that are kept.</param>
    public ShopSessions(int limit) => Knowledge = new(new()
    {
        Index = new() { SessionLimit = limit },
        Steps = RuleSteps,
        FollowerLimit = FollowerLimit,
    });

    /// <summary>How sessions are asked. A smaller sample than the best on public data: half of its
    /// time, a hundredth of its hits.</summary>
    public static SessionBlendOptions BlendOptions { get; } = new()
    {
        Neighbours = new() { ItemLimit = 8, SampleSize = 500, NeighbourCount = 100 },
    };

    /// <summary>What was learnt.</summary>
    public SessionKnowledge Knowledge { get; }

    /// <summary>What neighbours and rules count, as this shop's clicks have taught.</summary>
    public SessionBlendWeights Weights => _tuning.Weights;

    /// <summary>Learns the last click of a session that goes on.</summary>
    /// <param name="session">Oldest first.</param>
    public void LearnClick(ReadOnlySpan<int> session)
    {
        _tuning.Observe(Knowledge, session[..^1], session[^1]);
        Knowledge.LearnClick(session);
    }

    /// <summary>Clicks that a rule can relate, the last one among them.</summary>
    public static int ClickReach => RuleSteps + 1;

    /// <summary>
    /// Teaches what the partitions know, sessions that go on among it, in the order in which it
    /// happened, and has them teach what comes. Before any of them handles an event, and once.
    /// </summary>
    public void Attach(IEnumerable<PartitionGraph> graphs)
    {
        var partitions = graphs
            .SelectMany(graph => graph.Projections.OfType<RecentSessionsProjection>()).ToArray();
        var known = partitions.SelectMany(partition => partition.Sessions
            .Concat(partition.OpenSessions).Select(session => (partition, session)))
            .OrderBy(one => one.session.EndTicks).ToArray();
        for (var i = 0; i < known.Length; i++)
        {
            var (partition, session) = known[i];
            partition.Teach(this, session, tunes: known.Length - i <= TunedSessions);
        }
        foreach (var partition in partitions) partition.Attach(this);
    }
}
