using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>
/// The rows of the shop within one atomic unit of work. For stores with one writer, where a whole
/// checkout is one such unit; decisions are made by the capabilities' rules, never in here.
/// </summary>
/// <remarks>
/// A unit sees its own writes and nothing of units that run beside it. Work read first and write
/// last, and may be run again from the start, so it must have no effect but through these rows.
/// Used by one thread, and only inside the call that gave it.
/// </remarks>
internal interface IShopTransaction
{
    /// <summary>The store's clock, the same during the unit.</summary>
    DateTimeOffset Now { get; }

    IProductRows Products { get; }

    IStockRows Stock { get; }

    IReservationRows Reservations { get; }

    ICartRows Carts { get; }

    IOrderRows Orders { get; }

    ILedgerRows Ledger { get; }

    IOutboxRows Outbox { get; }

    IWebhookRows Webhooks { get; }

    ICouponRows Coupons { get; }

    /// <summary>Puts a change on the change stream, after the commit.</summary>
    void Tell(StoreChange change);
}

internal interface IProductRows
{
    Product? Find(Sku sku);

    void Put(Product product);

    IReadOnlyList<Product> List(ProductQuery query);

    /// <summary>Products behind a sku, by their skus, without descriptions.</summary>
    IReadOnlyList<Product> Sweep(Sku? after, int limit);

    /// <summary>Whether a bundle holds the product. Looks at every bundle.</summary>
    bool IsComponent(Sku sku);
}

internal interface ICartRows
{
    Cart? Find(CartId id);

    /// <summary>A visitor's carts.</summary>
    IReadOnlyList<Cart> ListOf(VisitorId visitor);

    /// <summary>Removes a cart with its lines and operations.</summary>
    void Remove(CartId id);

    /// <summary>Stores a cart over what was there.</summary>
    void Put(Cart cart, Cart? before);

    bool Knows(CartId cart, OperationId operation);

    void Remember(CartId cart, OperationId operation, DateTimeOffset at);

    int Forget(DateTimeOffset before, int limit);
}

internal interface IOrderRows
{
    Order? Find(OrderId id);

    /// <summary>The version that is stored; 0 where there is no such order.</summary>
    long VersionOf(OrderId id);

    void Add(Order order);

    /// <summary>Stores an order over what was there.</summary>
    void Put(Order order);

    IReadOnlyList<Order> ListDue(DateTimeOffset now, int limit);

    IReadOnlyList<Order> List(OrderQuery query);
}

internal interface ILedgerRows
{
    LedgerEntry? Find(CheckoutKey key);

    /// <summary>Adds an entry, or does nothing where its key has one.</summary>
    /// <returns>Whether it was added.</returns>
    bool TryAdd(LedgerEntry entry);

    /// <summary>The entry that the unit has added comes to nothing but a refusal.</summary>
    void Refuse(CheckoutKey key, Refusal refusal);

    int Forget(DateTimeOffset before, int limit);
}

internal interface IOutboxRows
{
    void Add(CommerceEvent e);

    IReadOnlyList<OutboxEntry> Read(int limit);

    void RemoveThrough(long id);
}

internal interface IWebhookRows
{
    bool Knows(string gateway, string eventId);

    void Add(StoredWebhook webhook);

    /// <summary>Waiting ones whose time is not after a moment, the earliest due first.</summary>
    IReadOnlyList<StoredWebhook> ListDue(DateTimeOffset now, int limit);

    /// <summary>Sets state, tries and due time of the row of that number.</summary>
    void Update(StoredWebhook webhook);

    int Replay(long from, bool handledToo, DateTimeOffset now);

    int Forget(DateTimeOffset before, int limit);
}

/// <summary>Which orders use which promotion. Both changes have one effect an order.</summary>
internal interface ICouponRows
{
    CouponCount Count(string promotion, CustomerId? customer);

    bool IsRedeemed(string promotion, OrderId order);

    void Redeem(string promotion, CustomerId? customer, OrderId order);

    void GiveBack(string promotion, OrderId order);
}
