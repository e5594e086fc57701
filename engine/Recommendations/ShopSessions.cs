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
    public ShopSessions(int limit) => Index = new(new() { SessionLimit = limit });

    /// <summary>Sessions that have ended.</summary>
    public SessionIndex Index { get; }

    /// <summary>What follows a product, in sessions that have ended or go on.</summary>
    public SequentialRules Rules { get; } = new(RuleSteps, FollowerLimit);

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
                Rules.Learn(items.AsSpan(0, length));
            Index.Add(items, owner);
        }
        foreach (var partition in partitions) partition.Attach(this);
    }
}
