using System.Runtime.CompilerServices;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Recommendations.Candidates;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Neighbours;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// Learns which products are seen together: each product that a visitor views, carts or buys is
/// paired with the last few before it in the same sitting, the nearer the heavier. Other threads
/// may read it under the graph's <see cref="PartitionGraph.View"/>.
/// </summary>
public sealed class CoVisitationProjection(PartitionGraph graph) : IProjection
{
    // Pairs further apart than this say little; five keep an event's work at ten updates.
    private const int RecentLimit = 5;
    private const int NeighbourLimit = 64;

    private readonly CoVisitationIndex _index = new(NeighbourLimit);
    private readonly DirtyNumbers _changed = new();
    private readonly DirtyNumbers _changedVisitors = new();
    private Recent[] _recents = [];

    public string Name => "co-visitation";

    public int Version => 1;

    /// <summary>The pairs, by the products' numbers in the partition.</summary>
    public CoVisitationIndex Index => _index;

    public void Apply(in StreamEvent e)
    {
        float weight = e.Event.Name switch
        {
            EventName.ViewItem => 1,
            EventName.AddToCart => 2,
            EventName.Purchase => 3,
            _ => 0,
        };
        if (weight == 0 || e.IsLate) return;
        using var changing = graph.View.EnterScope();
        ref var recent = ref Touch(e.Visitor);
        // Of a sitting before the one that is known: what it was seen with is not.
        if (e.Ticks < recent.LastTicks - SessionRules.Gap.Ticks) return;
        if (e.Ticks > recent.LastTicks + SessionRules.Gap.Ticks) recent.Count = 0;
        recent.LastTicks = Math.Max(recent.LastTicks, e.Ticks);
        foreach (var product in e.Products.Span)
            if (product >= 0) Pair(product, ref recent, weight);
    }

    /// <summary>Adds the cosine of the appearances of each product that was seen together with
    /// one, times a weight. For those who hold the view's lock.</summary>
    internal void AddTogether(int item, float weight, CandidateTable sums)
    {
        var from = graph.Products.FindItem(item);
        if (from < 0) return;
        var scale = weight * _index.ScaleOf(from);
        Span<Neighbour> neighbours = stackalloc Neighbour[NeighbourLimit];
        foreach (var (neighbour, pairs) in neighbours[.._index.CopyTo(from, neighbours)])
        {
            var other = graph.Products.ItemOf(neighbour);
            var cosine = scale * pairs * _index.ScaleOf(neighbour);
            if (other >= 0 && cosine > 0)
                sums.Add(other, cosine, item, RecommendationSource.SeenTogether);
        }
    }

    public void Forget(int visitor)
    {
        if (visitor < _recents.Length) _recents[visitor] = default;
    }

    public int KeptOf(int visitor) =>
        (uint)visitor < (uint)_recents.Length ? _recents[visitor].Count : 0;

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var item = 0; item < _index.ItemLimit; item++)
                if (_index.TotalOf(item) > 0) _changed.Add(item);
            for (var visitor = 0; visitor < _recents.Length; visitor++)
                if (_recents[visitor].Count > 0) _changedVisitors.Add(visitor);
        }
        output.WriteCount(_changed.Numbers.Length);
        foreach (var item in _changed.Numbers)
            IndexRows.Write(output, _index, item);
        _changed.Clear();
        SaveRecents(output);
    }

    public void Load(StateReader input)
    {
        using var changing = graph.View.EnterScope();
        for (var count = input.ReadCount(); count > 0; count--) IndexRows.Read(input, _index);
        for (var count = input.ReadCount(); count > 0; count--)
        {
            ref var recent = ref Touch(input.ReadVisitor());
            recent.LastTicks = input.ReadSigned();
            recent.Count = 0;
            for (var left = input.ReadCount(); left > 0; left--)
            {
                if (input.ReadProduct() is var product and >= 0)
                    recent.Products[recent.Count++] = product;
            }
        }
        _changed.Clear();
        _changedVisitors.Clear();
    }

    private void SaveRecents(StateWriter output)
    {
        var alive = 0;
        foreach (var visitor in _changedVisitors.Numbers)
            if (_recents[visitor].Count > 0) alive++;
        output.WriteCount(alive);
        foreach (var visitor in _changedVisitors.Numbers)
        {
            ref readonly var recent = ref _recents[visitor];
            if (recent.Count == 0) continue;
            output.WriteVisitor(visitor);
            output.WriteSigned(recent.LastTicks);
            output.WriteCount(recent.Count);
            for (var i = 0; i < recent.Count; i++) output.WriteProduct(recent.Products[i]);
        }
        _changedVisitors.Clear();
    }

    private void Pair(int product, ref Recent recent, float weight)
    {
        Span<Neighbour> pairs = stackalloc Neighbour[RecentLimit];
        var (at, count) = (recent.Count, 0);
        for (var i = 0; i < recent.Count; i++)
        {
            if (recent.Products[i] == product)
            {
                at = i;
                continue;
            }
            pairs[count++] = new(recent.Products[i], weight / (i + 1));
            _changed.Add(recent.Products[i]);
            _changed.Add(product);
        }
        _index.Add(product, pairs[..count]);
        // The newest first: those before its old place move back by one, the last one falls out.
        if (at == recent.Count && recent.Count < RecentLimit) recent.Count++;
        at = Math.Min(at, RecentLimit - 1);
        Span<int> products = recent.Products;
        products[..at].CopyTo(products[1..]);
        products[0] = product;
    }

    private ref Recent Touch(int visitor)
    {
        Places.Ensure(ref _recents, visitor);
        _changedVisitors.Add(visitor);
        return ref _recents[visitor];
    }

    /// <summary>What a visitor was at last. A plain value, for the garbage collector's sake.
    /// </summary>
    private struct Recent
    {
        public RecentProducts Products;
        public int Count;
        public long LastTicks;
    }

    [InlineArray(RecentLimit)]
    private struct RecentProducts
    {
        private int _first;
    }
}
