using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Profiles;

/// <summary>Something a visitor did with a product, for serving.</summary>
/// <param name="Ticks">When, in UTC ticks.</param>
/// <param name="Item">The product's number in the shop.</param>
/// <param name="Name">What: view, select, cart, removal or purchase.</param>
/// <param name="Session">What stands for the session; 0 for none.</param>
public readonly record struct ItemInteraction(
    long Ticks, int Item, EventName Name, ushort Session);

/// <summary>A product that was recommended to a visitor in vain, for serving.</summary>
/// <param name="Item">The product's number in the shop.</param>
/// <param name="Minutes">When it was shown last; see <see cref="ShownProduct.MinutesOf"/>.</param>
/// <param name="Times">How often it was shown.</param>
public readonly record struct ItemShown(int Item, int Minutes, int Times);

/// <summary>
/// Copies what a visitor did last, by the shop's own numbers, without waiting for the partition:
/// neither for a batch of events nor for a checkpoint. Any thread, once the engine has loaded.
/// </summary>
public sealed class VisitorHistories(CommerceEngine engine)
{
    private readonly record struct Kept(ProfileProjection Profiles, ShownProjection Shown);

    private readonly Lazy<Kept[]> _partitions = new(() =>
        [.. Enumerable.Range(0, engine.PartitionCount)
            .Select(partition => engine.GraphOf(partition).Projections)
            .Select(projections => new Kept(
                projections.OfType<ProfileProjection>().Single(),
                projections.OfType<ShownProjection>().Single()))]);

    /// <summary>Whether the engine keeps any interaction of a visitor.</summary>
    public bool HasAny(VisitorId visitor)
    {
        var partition = engine.PartitionOf(visitor);
        var graph = engine.GraphOf(partition);
        using var reading = graph.View.EnterScope();
        return !_partitions.Value[partition].Profiles[graph.Visitors.Find(visitor)].IsEmpty;
    }

    /// <summary>Copies a visitor's interactions, oldest first, and what was shown in vain; what has
    /// no number in the shop is left out.</summary>
    /// <param name="visitor">Who; one that is not known has done nothing.</param>
    /// <param name="interactions">At least <see cref="ProfileProjection.Limit"/> long.</param>
    /// <param name="shown">At least <see cref="ShownProjection.Limit"/> long.</param>
    /// <returns>How many there are of each.</returns>
    public (int Interactions, int Shown) Copy(
        VisitorId visitor, Span<ItemInteraction> interactions, Span<ItemShown> shown)
    {
        var partition = engine.PartitionOf(visitor);
        var graph = engine.GraphOf(partition);
        var (profiles, showings) = _partitions.Value[partition];
        var shownCount = 0;
        using var reading = graph.View.EnterScope();
        var number = graph.Visitors.Find(visitor);
        var doneCount = profiles.CopyTo(number, interactions);
        foreach (ref readonly var showing in showings[number])
        {
            var item = graph.Products.ItemOf(showing.Product);
            if (item >= 0) shown[shownCount++] = new(item, showing.Minutes, showing.Times);
        }
        return (doneCount, shownCount);
    }
}
