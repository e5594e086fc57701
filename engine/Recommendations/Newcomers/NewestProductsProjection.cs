using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Newcomers;

/// <summary>
/// Who touched the partition's newest products last: for products that no model has seen, a way
/// back from the product to the profiles that say what was done with it. Other threads may read
/// visitors under the graph's <see cref="PartitionGraph.View"/>.
/// </summary>
/// <remarks>
/// Only a way: what counts is in the profile. Of a visitor who was forgotten nothing is left there,
/// so a number that is left here leads to nothing, also when it is given to somebody else.
/// </remarks>
/// <param name="graph">Numbers products in the order of their first event.</param>
/// <param name="profiles">What visitors did; must take each event before this, and
/// forget a visitor after it.</param>
public sealed class NewestProductsProjection(PartitionGraph graph, ProfileProjection profiles)
    : IProjection
{
    /// <summary>Products kept: the partition's last, by their first event. A model is trained
    /// again long before a shop has put up more.</summary>
    public const int ProductLimit = 20_000;

    /// <summary>Visitors kept of a product, the last ones: with more than these, training will
    /// soon tell more.</summary>
    public const int VisitorLimit = 32;

    private readonly DirtyNumbers _changed = new();
    // A ring by the products' numbers: what is written over is older by the ring's length.
    private readonly Touched[] _places = new Touched[ProductLimit];
    private long _latestTicks;

    private struct Touched
    {
        /// <summary>Whose place it is; 0 also where it is nobody's yet.</summary>
        public int Product;

        /// <summary>How often somebody touched it, or was forgotten who had.</summary>
        public int Changes;

        /// <summary>Its first touch in event time.</summary>
        public long FirstTicks;

        /// <summary>The last ones, each once, the newest last; null before the first.</summary>
        public int[]? Visitors;

        /// <summary>How many of them there are.</summary>
        public int Count;

        public readonly ReadOnlySpan<int> Last => Visitors.AsSpan(0, Count);
    }

    public string Name => "newest-products";

    public int Version => 1;

    /// <summary>The latest touch of any product, in UTC ticks of event time; 0 before the first.
    /// Any thread.</summary>
    public long LatestTicks => Volatile.Read(ref _latestTicks);

    /// <summary>Grows each time that what is known of a product changes; 0 where nothing is. Any
    /// thread.</summary>
    public int ChangesOf(int product)
    {
        if (product < 0) return 0;
        ref var place = ref _places[product % ProductLimit];
        return Volatile.Read(ref place.Product) == product ? Volatile.Read(ref place.Changes) : 0;
    }

    /// <summary>A product's last visitors, as long as the view's lock is held; nobody where it is
    /// none of the newest.</summary>
    /// <param name="product">Its number in the partition.</param>
    /// <param name="firstTicks">Its first touch, in UTC ticks of event time.</param>
    public ReadOnlySpan<int> VisitorsOf(int product, out long firstTicks)
    {
        firstTicks = 0;
        if (product < 0) return default;
        ref readonly var place = ref _places[product % ProductLimit];
        if (place.Product != product) return default;
        firstTicks = place.FirstTicks;
        return place.Last;
    }

    public void Apply(in StreamEvent e)
    {
        if (e.Event.Name is not (EventName.SelectItem or EventName.ViewItem or EventName.AddToCart
            or EventName.Purchase)) return;
        if (e.Ticks > _latestTicks) Volatile.Write(ref _latestTicks, e.Ticks);
        using var changing = graph.View.EnterScope();
        foreach (var product in e.Products.Span)
        {
            if (!IsNew(product)) continue;
            ref var place = ref PlaceOf(product);
            if (place.Visitors is null) place.FirstTicks = e.Ticks;
            Append(ref place, e.Visitor);
            place.Changes++;
        }
    }

    public void Forget(int visitor)
    {
        foreach (ref readonly var done in profiles[visitor])
        {
            if (!Leads(done.Product, visitor)) continue;
            ref var place = ref PlaceOf(done.Product);
            Append(ref place, visitor);
            place.Count--;
            place.Changes++;
        }
    }

    public int KeptOf(int visitor)
    {
        var products = new HashSet<int>();
        foreach (ref readonly var done in profiles[visitor])
            if (Leads(done.Product, visitor)) products.Add(done.Product);
        return products.Count;
    }

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            foreach (ref readonly var place in _places.AsSpan())
                if (place.Visitors is not null) _changed.Add(place.Product);
        }
        output.WriteSigned(_latestTicks);
        var count = 0;
        foreach (var product in _changed.Numbers) if (IsNew(product)) count++;
        output.WriteCount(count);
        foreach (var product in _changed.Numbers)
        {
            if (!IsNew(product)) continue;
            ref readonly var place = ref _places[product % ProductLimit];
            output.WriteProduct(product);
            output.WriteSigned(place.FirstTicks);
            var known = 0;
            foreach (var visitor in place.Last) if (graph.Visitors.IsKnown(visitor)) known++;
            output.WriteCount(known);
            foreach (var visitor in place.Last)
                if (graph.Visitors.IsKnown(visitor)) output.WriteVisitor(visitor);
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        using var changing = graph.View.EnterScope();
        _latestTicks = input.ReadSigned();
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var (product, first) = (input.ReadProduct(), input.ReadSigned());
            var visitors = new int[VisitorLimit];
            var known = input.ReadCount();
            for (var i = 0; i < known; i++) visitors[i] = input.ReadVisitor();
            // A limit of products that was lowered leaves some without a place.
            if (!IsNew(product)) continue;
            ref var place = ref PlaceOf(product);
            (place.FirstTicks, place.Visitors, place.Count) = (first, visitors, known);
            place.Changes++;
        }
        _changed.Clear();
    }

    private bool IsNew(int product) =>
        product >= 0 && product >= graph.Products.Count - ProductLimit;

    private bool Leads(int product, int visitor)
    {
        ref readonly var place = ref _places[product % ProductLimit];
        return place.Product == product && place.Last.Contains(visitor);
    }

    /// <summary>A product's place, taken from the one that held it before, and noted as changed.
    /// </summary>
    private ref Touched PlaceOf(int product)
    {
        ref var place = ref _places[product % ProductLimit];
        if (place.Product != product) place = new() { Product = product };
        _changed.Add(product);
        return ref place;
    }

    /// <summary>Puts a visitor at the end, from wherever it stood; the first one makes room.
    /// </summary>
    private static void Append(ref Touched place, int visitor)
    {
        var at = place.Last.IndexOf(visitor);
        if (at < 0 && place.Count < VisitorLimit)
        {
            place.Visitors ??= new int[2];
            if (place.Count == place.Visitors.Length)
                Array.Resize(ref place.Visitors, Math.Min(VisitorLimit, 2 * place.Count));
            place.Visitors[place.Count++] = visitor;
            return;
        }
        var behind = place.Visitors.AsSpan(Math.Max(0, at), place.Count - Math.Max(0, at));
        behind[1..].CopyTo(behind);
        behind[^1] = visitor;
    }
}
