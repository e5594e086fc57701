using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Profiles;

/// <summary>Something a visitor did with a product, for serving.</summary>
/// <param name="Ticks">When, in UTC ticks.</param>
/// <param name="Item">The product's number in the shop.</param>
/// <param name="Name">What: view, select, cart, removal or purchase.</param>
/// <param name="Session">What stands for the session; 0 for none.</param>
public readonly record struct ItemInteraction(
    long Ticks, int Item, EventName Name, ushort Session);

/// <summary>
/// Copies what a visitor did last, by the shop's own numbers, without waiting for the partition:
/// neither for a batch of events nor for a checkpoint. Any thread, once the engine has loaded.
/// </summary>
public sealed class VisitorHistories(CommerceEngine engine)
{
    private readonly Lazy<ProfileProjection[]> _profiles = new(() =>
        [.. Enumerable.Range(0, engine.PartitionCount).Select(partition => engine
            .GraphOf(partition).Projections.OfType<ProfileProjection>().Single())]);

    /// <summary>Copies a visitor's interactions, oldest first; those without a number in the shop
    /// are left out.</summary>
    /// <param name="visitor">Who; one that is not known has done nothing.</param>
    /// <param name="interactions">At least <see cref="ProfileProjection.Limit"/> long.</param>
    /// <returns>How many there are.</returns>
    public int Copy(VisitorId visitor, Span<ItemInteraction> interactions)
    {
        var partition = StableHash.Partition(visitor, engine.PartitionCount);
        var graph = engine.GraphOf(partition);
        var profiles = _profiles.Value[partition];
        var count = 0;
        using var reading = graph.View.EnterScope();
        foreach (ref readonly var done in profiles[graph.Visitors.Find(visitor)])
        {
            var item = graph.Products.ItemOf(done.Product);
            if (item >= 0) interactions[count++] = new(done.Ticks, item, done.Name, done.Session);
        }
        return count;
    }
}
