using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Memory;

/// <summary>The rows of a shop in dictionaries. Guarded by the lock of its shop.</summary>
internal sealed class MemoryTransaction : IShopTransaction
{
    private readonly List<StoreChange> _changes = [];
    private readonly StockRows _stock = new();

    public DateTimeOffset Now { get; private set; }

    public IProductRows Products { get; } = new ProductRows();

    public IStockRows Stock => _stock;

    public IReservationRows Reservations { get; } = new ReservationRows();

    public ICartRows Carts { get; } = new CartRows();

    public IOrderRows Orders { get; } = new OrderRows();

    public ILedgerRows Ledger { get; } = new LedgerRows();

    public IOutboxRows Outbox { get; } = new OutboxRows();

    public IWebhookRows Webhooks { get; } = new WebhookRows();

    public ICouponRows Coupons { get; } = new CouponRows();

    /// <summary>Starts a unit of work; what one that threw has told is forgotten.</summary>
    public void Begin(DateTimeOffset now)
    {
        Now = now;
        _changes.Clear();
        _stock.TakeChanges(_ => { });
    }

    public void Tell(StoreChange change) => _changes.Add(change);

    public StoreChange[] TakeChanges()
    {
        _stock.TakeChanges(Tell);
        var taken = _changes.ToArray();
        _changes.Clear();
        return taken;
    }

    private sealed class ProductRows : IProductRows
    {
        private readonly SortedDictionary<string, Product> _products =
            new(StringComparer.Ordinal);

        public Product? Find(Sku sku) => _products.GetValueOrDefault(sku.Value);

        public void Put(Product product) => _products[product.Sku.Value] = product;

        public bool IsComponent(Sku sku) => _products.Values.Any(
            product => product.Components.Any(part => part.Sku == sku));

        public IReadOnlyList<Product> List(ProductQuery query) => [.. _products.Values
            .Where(p => query.After is not { } after
                || string.CompareOrdinal(p.Sku.Value, after.Value) > 0)
            .Where(p => query.Category is null || p.Categories.Contains(query.Category))
            .Take(query.Limit)];

        public IReadOnlyList<Product> Sweep(Sku? after, int limit) =>
            [.. List(new(null, after, limit)).Select(p => p with { Description = null })];
    }

    private sealed class CartRows : ICartRows
    {
        private readonly Dictionary<CartId, Cart> _carts = [];
        private readonly Dictionary<(CartId, OperationId), DateTimeOffset> _operations = [];

        public Cart? Find(CartId id) => _carts.GetValueOrDefault(id);

        public IReadOnlyList<Cart> ListOf(VisitorId visitor) =>
            [.. _carts.Values.Where(cart => cart.Visitor == visitor)];

        public void Remove(CartId id)
        {
            _carts.Remove(id);
            foreach (var key in _operations.Keys.Where(key => key.Item1 == id).ToArray())
                _operations.Remove(key);
        }

        public void Put(Cart cart, Cart? before) => _carts[cart.Id] = cart;

        public bool Knows(CartId cart, OperationId operation) =>
            _operations.ContainsKey((cart, operation));

        public void Remember(CartId cart, OperationId operation, DateTimeOffset at) =>
            _operations.Add((cart, operation), at);

        public int Forget(DateTimeOffset before, int limit) =>
            RemoveOld(_operations, at => at, before, limit);
    }

    private sealed class OrderRows : IOrderRows
    {
        private readonly Dictionary<OrderId, Order> _byId = [];
        private readonly List<OrderId> _ids = [];

        public Order? Find(OrderId id) => _byId.GetValueOrDefault(id);

        public long VersionOf(OrderId id) => Find(id)?.Version ?? 0;

        public void Add(Order order)
        {
            _byId.Add(order.Id, order);
            _ids.Add(order.Id);
        }

        public void Put(Order order) => _byId[order.Id] = order;

        public IReadOnlyList<Order> ListDue(DateTimeOffset now, int limit) =>
            [.. _ids.Select(id => _byId[id]).Where(order => order.DueAt <= now)
                .OrderBy(order => order.DueAt).Take(limit)];

        public IReadOnlyList<Order> List(OrderQuery query) => [.. Enumerable.Reverse(_ids)
            .SkipWhile(id => query.Before is { } before && id != before)
            .Skip(query.Before is null ? 0 : 1)
            .Select(id => _byId[id])
            .Where(order => query.Customer is null || order.Terms.Customer == query.Customer)
            .Where(order => query.State is { } state
                ? order.State == state
                : query.Attempts || order.Progress.PlacedAt is not null)
            .Take(query.Limit)];
    }

    private sealed class LedgerRows : ILedgerRows
    {
        private readonly Dictionary<CheckoutKey, LedgerEntry> _entries = [];

        public LedgerEntry? Find(CheckoutKey key) => _entries.GetValueOrDefault(key);

        public bool TryAdd(LedgerEntry entry) => _entries.TryAdd(entry.Key, entry);

        public void Refuse(CheckoutKey key, Refusal refusal) =>
            _entries[key] = _entries[key] with { Order = null, Refusal = refusal };

        public int Forget(DateTimeOffset before, int limit) =>
            RemoveOld(_entries, entry => entry.StartedAt, before, limit);
    }

    private sealed class OutboxRows : IOutboxRows
    {
        private readonly Queue<OutboxEntry> _entries = [];
        private long _lastId;

        public void Add(CommerceEvent e) => _entries.Enqueue(new(++_lastId, e));

        public IReadOnlyList<OutboxEntry> Read(int limit) => [.. _entries.Take(limit)];

        public void RemoveThrough(long id)
        {
            while (_entries.TryPeek(out var entry) && entry.Id <= id) _entries.Dequeue();
        }
    }

    private sealed class CouponRows : ICouponRows
    {
        private readonly Dictionary<(string Promotion, OrderId), CustomerId?> _uses = [];

        public CouponCount Count(string promotion, CustomerId? customer)
        {
            var uses = _uses.Where(use => use.Key.Promotion == promotion).ToList();
            return new(promotion, uses.Count, customer is null
                ? 0 : uses.Count(use => use.Value == customer));
        }

        public bool IsRedeemed(string promotion, OrderId order) =>
            _uses.ContainsKey((promotion, order));

        public void Redeem(string promotion, CustomerId? customer, OrderId order) =>
            _uses.TryAdd((promotion, order), customer);

        public void GiveBack(string promotion, OrderId order) =>
            _uses.Remove((promotion, order));
    }

    private static int RemoveOld<TKey, TValue>(
        Dictionary<TKey, TValue> rows, Func<TValue, DateTimeOffset> at, DateTimeOffset before,
        int limit) where TKey : notnull
    {
        var old = rows.Where(row => at(row.Value) < before)
            .Take(limit).Select(row => row.Key).ToList();
        foreach (var key in old) rows.Remove(key);
        return old.Count;
    }
}
