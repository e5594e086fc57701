using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Simulation;

/// <summary>What is durable at a moment, for those who check it.</summary>
internal interface IDurableState
{
    /// <summary>All orders, also what was never placed.</summary>
    IReadOnlyList<Order> Orders { get; }

    Order? Find(OrderId id);

    Reservation? Find(ReservationId id);

    /// <summary>Reservations that hold or wait for units.</summary>
    IReadOnlyList<Reservation> OpenReservations { get; }

    /// <summary>When the first of those that are held ends; null where none is.</summary>
    DateTimeOffset? FirstEnd { get; }

    /// <summary>The ledger behind a number, in order.</summary>
    IReadOnlyList<StockMovement> Movements(long after);

    IReadOnlyList<Share> Shares { get; }

    /// <summary>Whether an operation is in the ledger.</summary>
    bool IsDone(OperationId operation);

    long CouponUses { get; }

    /// <summary>Orders that are noted as users of the coupon.</summary>
    long CouponUsers { get; }

    /// <summary>What was decided and is not done yet, and what is to be told from it.</summary>
    IReadOnlyList<string> Undone { get; }
}

/// <summary>What a store with units of work holds; valid within one of them.</summary>
internal sealed class RowsState(IShopTransaction tx) : IDurableState
{
    public IReadOnlyList<Order> Orders => tx.Orders.List(new(int.MaxValue) { Attempts = true });

    public IReadOnlyList<Reservation> OpenReservations =>
        [.. tx.Reservations.ListOpen().Select(id => tx.Reservations.Find(id)!)];

    public DateTimeOffset? FirstEnd =>
        tx.Reservations.ListDue(DateTimeOffset.MaxValue, 1) is [var first, ..]
            ? tx.Reservations.Find(first)!.ExpiresAt : null;

    public IReadOnlyList<Share> Shares
    {
        get
        {
            var shares = new List<Share>();
            tx.Stock.ReadShares(shares.Add);
            return shares;
        }
    }

    public long CouponUses => tx.Coupons.Count("few", null).Uses;

    // The count is taken over them.
    public long CouponUsers => CouponUses;

    public IReadOnlyList<string> Undone => [];

    public Order? Find(OrderId id) => tx.Orders.Find(id);

    public Reservation? Find(ReservationId id) => tx.Reservations.Find(id);

    public IReadOnlyList<StockMovement> Movements(long after) =>
        tx.Stock.ListMovements(after, int.MaxValue);

    public bool IsDone(OperationId operation) => tx.Stock.FindOperation(operation) is not null;
}
