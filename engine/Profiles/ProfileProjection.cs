using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Profiles;

/// <summary>Something a visitor did with a product.</summary>
/// <param name="Ticks">When, in UTC ticks. First, so that all takes 16 bytes and not 24.</param>
/// <param name="Product">The product's number in the partition.</param>
/// <param name="Name">What: view, select, cart, removal or purchase.</param>
public readonly record struct Interaction(long Ticks, int Product, EventName Name)
{
    /// <summary>Sixteen bits that stand for the storefront's session (see <see cref="TagOf"/>): all
    /// that fits beside the name, and enough to tell apart the few sessions of 50 interactions.
    /// </summary>
    public ushort Session { get; init; }

    /// <summary>What an event says of a product.</summary>
    internal static Interaction Of(in StreamEvent e, int product) =>
        new(e.Ticks, product, e.Event.Name) { Session = (ushort)e.Session };

    /// <summary>What stands for a session; 0 for none.</summary>
    public static ushort TagOf(SessionId? session) =>
        (ushort)SessionTracker.HashOf(session);
}

/// <summary>
/// Each visitor's last 50 interactions with products, newest last in event time. Other threads may
/// read it under the graph's <see cref="PartitionGraph.View"/>.
/// </summary>
public sealed class ProfileProjection(PartitionGraph graph) : IProjection
{
    /// <summary>Interactions kept of a visitor.</summary>
    public const int Limit = 50;

    private readonly DirtyNumbers _changed = new();
    // An array a visitor and nothing around it: one object for the garbage collector to know, not
    // two, for hundreds of thousands of visitors.
    private Interaction[]?[] _profiles = [];
    private byte[] _counts = [];

    public string Name => "profiles";

    public int Version => 2;

    /// <summary>Whether events of a name are interactions with their products.</summary>
    internal static bool Keeps(EventName name) => name is EventName.SelectItem
        or EventName.ViewItem or EventName.AddToCart or EventName.RemoveFromCart
        or EventName.Purchase;

    /// <summary>A visitor's interactions, oldest first; empty where there are none. Valid until
    /// the next event, or as long as the view's lock is held.</summary>
    public ReadOnlySpan<Interaction> this[int visitor] =>
        (uint)visitor < (uint)_profiles.Length && _profiles[visitor] is { } interactions
            ? interactions.AsSpan(0, _counts[visitor]) : [];

    /// <summary>Copies a visitor's interactions by the shop's own numbers, oldest first; what has
    /// none is left out. For those who hold the view's lock.</summary>
    /// <param name="visitor">The visitor's number; negative for one that is not known.</param>
    /// <param name="interactions">At least <see cref="Limit"/> long.</param>
    /// <returns>How many there are.</returns>
    internal int CopyTo(int visitor, Span<ItemInteraction> interactions)
    {
        var count = 0;
        foreach (ref readonly var done in this[visitor])
        {
            var item = graph.Products.ItemOf(done.Product);
            if (item >= 0) interactions[count++] = new(done.Ticks, item, done.Name, done.Session);
        }
        return count;
    }

    public void Apply(in StreamEvent e)
    {
        if (!Keeps(e.Event.Name)) return;
        using var changing = graph.View.EnterScope();
        foreach (var product in e.Products.Span)
        {
            if (product < 0) continue;
            Add(e.Visitor, Interaction.Of(e, product));
        }
    }

    public void Forget(int visitor)
    {
        if (visitor >= _profiles.Length) return;
        _profiles[visitor] = null;
        _counts[visitor] = 0;
    }

    public int KeptOf(int visitor) => this[visitor].Length;

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var visitor = 0; visitor < _profiles.Length; visitor++)
                if (_profiles[visitor] is not null) _changed.Add(visitor);
        }
        var count = 0;
        foreach (var visitor in _changed.Numbers) if (_profiles[visitor] is not null) count++;
        output.WriteCount(count);
        foreach (var visitor in _changed.Numbers)
        {
            if (_profiles[visitor] is null) continue;
            output.WriteVisitor(visitor);
            output.WriteCount(_counts[visitor]);
            // Each time as the step from the one before: a few bytes instead of eight.
            var before = 0L;
            foreach (var interaction in this[visitor])
            {
                output.WriteProduct(interaction.Product);
                output.WriteCount((int)interaction.Name);
                output.WriteCount(interaction.Session);
                output.WriteSigned(interaction.Ticks - before);
                before = interaction.Ticks;
            }
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        using var changing = graph.View.EnterScope();
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var visitor = input.ReadVisitor();
            Forget(visitor);
            var ticks = 0L;
            for (var left = input.ReadCount(); left > 0; left--)
            {
                var product = input.ReadProduct();
                var name = (EventName)input.ReadCount();
                var session = (ushort)input.ReadCount();
                ticks += input.ReadSigned();
                // A limit of products that was lowered leaves some without a place.
                if (product < 0) continue;
                Add(visitor, new Interaction(ticks, product, name) { Session = session });
            }
        }
        _changed.Clear();
    }

    private void Add(int visitor, Interaction interaction)
    {
        Places.Ensure(ref _profiles, visitor);
        Places.Ensure(ref _counts, visitor);
        _changed.Add(visitor);
        ref var interactions = ref _profiles[visitor];
        ref var count = ref _counts[visitor];
        interactions ??= new Interaction[4];
        if (count == Limit)
        {
            // Out of order and older than all that is kept: nothing to do.
            if (interaction.Ticks < interactions[0].Ticks) return;
            interactions.AsSpan(1, count - 1).CopyTo(interactions);
            count--;
        }
        else if (count == interactions.Length)
        {
            Array.Resize(ref interactions, Math.Min(Limit, 2 * count));
        }
        // Insertion from the end: events mostly come in order.
        int at = count++;
        for (; at > 0 && interactions[at - 1].Ticks > interaction.Ticks; at--)
            interactions[at] = interactions[at - 1];
        interactions[at] = interaction;
    }
}
