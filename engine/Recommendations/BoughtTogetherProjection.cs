using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Neighbours;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// Counts in how many orders two products are together, and each of them. An order that comes as
/// several events, as long ones do, is one. Sums have no window, so late events count like all
/// others. Other threads may read it under the graph's <see cref="PartitionGraph.View"/>.
/// </summary>
public sealed class BoughtTogetherProjection(PartitionGraph graph) : IProjection
{
    /// <summary>
    /// Products of an order that are paired, its first: a household's shopping. A wholesaler's
    /// list of hundreds says little of what goes together, and would cost its square.
    /// </summary>
    public const int BasketLimit = 50;

    private const int NeighbourLimit = 64;

    private readonly CoVisitationIndex _index = new(NeighbourLimit);
    private readonly Dictionary<int, Basket> _baskets = [];
    private readonly DirtyNumbers _changed = new();
    private readonly DirtyNumbers _changedVisitors = new();
    private int[] _orders = [];

    public string Name => "bought-together";

    public int Version => 1;

    /// <summary>In how many orders two products are, by their numbers in the partition.</summary>
    public CoVisitationIndex Index => _index;

    /// <summary>Orders that were counted.</summary>
    public long OrderCount { get; private set; }

    /// <summary>Orders that a product is in.</summary>
    public int OrdersOf(int product) =>
        (uint)product < (uint)_orders.Length ? _orders[product] : 0;

    public void Apply(in StreamEvent e)
    {
        if (e.Event.Name != EventName.Purchase) return;
        using var changing = graph.View.EnterScope();
        var basket = BasketOf(e);
        var before = basket.Products.Count;
        foreach (var product in e.Products.Span)
        {
            if (product < 0 || basket.Products.Count == BasketLimit) continue;
            if (basket.Products.Contains(product)) continue;
            Count(product);
            foreach (var other in basket.Products) Pair(product, other);
            basket.Products.Add(product);
        }
        if (before == 0 && basket.Products.Count > 0) OrderCount++;
    }

    public void Forget(int visitor) => _baskets.Remove(visitor);

    public int KeptOf(int visitor) =>
        _baskets.TryGetValue(visitor, out var basket) ? basket.Products.Count : 0;

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var product = 0; product < _orders.Length; product++)
                if (_orders[product] > 0) _changed.Add(product);
            foreach (var visitor in _baskets.Keys) _changedVisitors.Add(visitor);
        }
        output.WriteNumber((ulong)OrderCount);
        output.WriteCount(_changed.Numbers.Length);
        foreach (var product in _changed.Numbers)
        {
            output.WriteCount(_orders[product]);
            IndexRows.Write(output, _index, product);
        }
        _changed.Clear();
        SaveBaskets(output);
    }

    public void Load(StateReader input)
    {
        using var changing = graph.View.EnterScope();
        OrderCount = (long)input.ReadNumber();
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var orders = input.ReadCount();
            var product = IndexRows.Read(input, _index);
            if (product >= 0) OrdersAt(product) = orders;
        }
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var basket = _baskets[input.ReadVisitor()] = new(input.ReadUInt64());
            for (var left = input.ReadCount(); left > 0; left--)
                if (input.ReadProduct() is var product and >= 0) basket.Products.Add(product);
        }
    }

    private void SaveBaskets(StateWriter output)
    {
        var alive = 0;
        foreach (var visitor in _changedVisitors.Numbers)
            if (_baskets.ContainsKey(visitor)) alive++;
        output.WriteCount(alive);
        foreach (var visitor in _changedVisitors.Numbers)
        {
            if (!_baskets.TryGetValue(visitor, out var basket)) continue;
            output.WriteVisitor(visitor);
            output.WriteUInt64(basket.Order);
            output.WriteCount(basket.Products.Count);
            foreach (var product in basket.Products) output.WriteProduct(product);
        }
        _changedVisitors.Clear();
    }

    // What the order has in it so far: its events come one after the other.
    private Basket BasketOf(in StreamEvent e)
    {
        // Without an order's id, an event is an order.
        if (e.Event.Order is not { } id) return new(0);
        var order = StableHash.Of(id.Value);
        if (_baskets.TryGetValue(e.Visitor, out var open) && open.Order == order) return open;
        _changedVisitors.Add(e.Visitor);
        return _baskets[e.Visitor] = new(order);
    }

    private void Count(int product)
    {
        OrdersAt(product)++;
        _changed.Add(product);
    }

    private void Pair(int product, int other)
    {
        _index.Add(product, other, 1);
        _changed.Add(other);
    }

    private ref int OrdersAt(int product)
    {
        Places.Ensure(ref _orders, product);
        return ref _orders[product];
    }

    /// <summary>The products of a visitor's last order.</summary>
    private sealed class Basket(ulong order)
    {
        public ulong Order => order;

        public List<int> Products { get; } = [];
    }
}
