using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;
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

    /// <summary>Puts a change on the change stream, after the commit.</summary>
    void Tell(StoreChange change);
}

internal interface IProductRows
{
    Product? Find(Sku sku);

    Offer? FindOffer(Sku sku);

    void Put(Product product);

    IReadOnlyList<Product> List(ProductQuery query);
}

internal interface ICartRows
{
    Cart? Find(CartId id);

    /// <summary>Stores a cart over what was there.</summary>
    void Put(Cart cart, Cart? before);

    bool Knows(CartId cart, OperationId operation);

    void Remember(CartId cart, OperationId operation, DateTimeOffset at);

    int Forget(DateTimeOffset before, int limit);
}

internal interface IOrderRows
{
    Order? Find(OrderId id);

    void Add(Order order);

    IReadOnlyList<Order> ListNewest(int limit);
}

internal interface ILedgerRows
{
    LedgerEntry? Find(CheckoutKey key);

    void Add(LedgerEntry entry);

    int Forget(DateTimeOffset before, int limit);
}

internal interface IOutboxRows
{
    void Add(CommerceEvent e);

    IReadOnlyList<OutboxEntry> Read(int limit);

    void RemoveThrough(long id);
}
