using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Profiles;

/// <summary>Something a visitor did with a product, in words that outlive the process.</summary>
/// <param name="Ticks">When, in UTC ticks.</param>
/// <param name="Product">The product.</param>
/// <param name="Name">What: view, select, cart, removal or purchase.</param>
/// <param name="Session">What stands for the session (<see cref="Interaction.TagOf"/>); 0 for none.
/// </param>
public readonly record struct ProductInteraction(
    long Ticks, Sku Product, EventName Name, ushort Session);

/// <summary>
/// What is kept of a visitor outside of the process: the same interactions as in
/// <see cref="ProfileProjection"/>, and how far each partition of the log is in them, so that what
/// comes again does nothing.
/// </summary>
public sealed record VisitorProfile
{
    // In front of what is made of it.
    private static readonly Dictionary<int, long> Nowhere = [];

    /// <summary>Of whom nothing is known.</summary>
    public static readonly VisitorProfile Empty = new();

    /// <summary>The last <see cref="ProfileProjection.Limit"/>, oldest first by event time; of
    /// equal times the first to arrive is the older.</summary>
    public IReadOnlyList<ProductInteraction> Interactions { get; init; } = [];

    /// <summary>By partition, the offset below which everything is in or forgotten; a visitor is
    /// in one partition, unless the log was partitioned anew or others write to it.</summary>
    public IReadOnlyDictionary<int, long> Next { get; init; } = Nowhere;

    /// <summary>Puts a partition's events by visitor, those that leave something in a profile.
    /// </summary>
    /// <exception cref="ArgumentException">One cannot be read; its text says which and why.
    /// </exception>
    internal static Dictionary<VisitorId, List<LoggedEvent>> ByVisitor(
        ReadOnlySpan<LoggedEvent> events)
    {
        var visitors = new Dictionary<VisitorId, List<LoggedEvent>>();
        foreach (ref readonly var logged in events)
        {
            if (logged.Problem is { } problem)
            {
                throw new ArgumentException(
                    $"The event at offset {logged.Offset} cannot be read: {problem}",
                    nameof(events));
            }
            if (!ProfileProjection.Keeps(logged.Event.Name)) continue;
            if (!visitors.TryGetValue(logged.Event.Visitor, out var own))
                visitors.Add(logged.Event.Visitor, own = []);
            own.Add(logged);
        }
        return visitors;
    }

    /// <summary>The profile after events of its visitor.</summary>
    /// <param name="partition">Where they are.</param>
    /// <param name="events">In the partition's order, of those that <see cref="ByVisitor"/> leaves.
    /// </param>
    /// <returns>Itself where all of them were in before.</returns>
    internal VisitorProfile Apply(int partition, IReadOnlyList<LoggedEvent> events)
    {
        var next = Next.GetValueOrDefault(partition);
        if (events.Count == 0 || events[^1].Offset < next) return this;
        var interactions = Interactions.ToList();
        foreach (var logged in events)
        {
            if (logged.Offset < next) continue;
            var e = logged.Event;
            foreach (var line in e.Lines)
            {
                Insert(interactions, new(
                    e.Time.UtcTicks, line.Sku, e.Name, Interaction.TagOf(e.Session)));
            }
        }
        return new() { Interactions = interactions, Next = With(partition, events[^1].Offset + 1) };
    }

    /// <summary>What is left when the visitor is forgotten: the mark, so that older events that
    /// are still to come, or come again, bring nothing back.</summary>
    internal VisitorProfile Forget(int partition, long offset) => new()
    {
        Next = With(partition, Math.Max(offset, Next.GetValueOrDefault(partition))),
    };

    private Dictionary<int, long> With(int partition, long next) =>
        new(Next) { [partition] = next };

    private static void Insert(List<ProductInteraction> interactions, ProductInteraction one)
    {
        // From the end: events mostly come in order.
        var at = interactions.Count;
        while (at > 0 && interactions[at - 1].Ticks > one.Ticks) at--;
        interactions.Insert(at, one);
        if (interactions.Count > ProfileProjection.Limit) interactions.RemoveAt(0);
    }
}
