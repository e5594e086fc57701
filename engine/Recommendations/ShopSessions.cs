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

    /// <param name="limit">Sessions that are kept.</param>
    public ShopSessions(int limit) => Knowledge = new(new()
    {
        Index = new() { SessionLimit = limit },
        Steps = RuleSteps,
        FollowerLimit = FollowerLimit,
    });

    /// <summary>What was learnt.</summary>
    public SessionKnowledge Knowledge { get; }

    /// <summary>Clicks that a rule can relate, the last one among them.</summary>
    public static int ClickReach => RuleSteps + 1;

    /// <summary>
    /// Teaches what the partitions have kept, in the order in which it happened, and has them teach
    /// what comes. Before any of them handles an event, and once.
    /// </summary>
    public void Attach(IEnumerable<PartitionGraph> graphs)
    {
        var partitions = graphs
            .SelectMany(graph => graph.Projections.OfType<RecentSessionsProjection>()).ToArray();
        var kept = partitions.SelectMany(partition => partition.Sessions)
            .OrderBy(session => session.EndTicks);
        foreach (var (_, owner, items) in kept)
        {
            for (var length = 2; length <= items.Length; length++)
                Knowledge.LearnClick(items.AsSpan(0, length));
            Knowledge.LearnSession(items, owner);
        }
        foreach (var partition in partitions) partition.Attach(this);
    }
}
