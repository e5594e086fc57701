using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>Shares, their ledger, and how stock is kept.</summary>
internal interface IStockRows
{
    /// <summary>
    /// All shares of a product in a region with its policy. It follows what is appended in the
    /// same unit; not to be kept beyond that.
    /// </summary>
    ProductStock Load(Sku sku, StockRegion region);

    /// <summary>
    /// Adds to the ledger and moves the shares: the only way in which they change, so that the
    /// ledger adds up to them. Told as one <c>StockChanged</c> a product and commit.
    /// </summary>
    void Append(StockMovement movement);

    /// <summary>
    /// The operation's movement, of the kinds that <see cref="StockMovement.IsOnce"/> names.
    /// </summary>
    StockMovement? FindOperation(OperationId operation);

    IReadOnlyList<StockMovement> ListMovements(long afterNumber, int limit);

    /// <summary>
    /// The counts of each product and region that stock was kept of, by sku and region, behind a
    /// place in that order.
    /// </summary>
    IReadOnlyList<StockLevel> ListLevels((Sku Sku, StockRegion Region)? after, int limit);

    /// <summary>Gives every share there is, each once, in no order.</summary>
    void ReadShares(Action<Share> read);

    StockPolicy? FindPolicy(Sku sku);

    /// <summary>Stores a policy; told as a <c>StockChanged</c> of each region with stock.
    /// </summary>
    void PutPolicy(Sku sku, StockPolicy policy);

    IReadOnlyList<Warehouse> ListWarehouses(StockRegion region);

    void PutWarehouse(Warehouse warehouse);

    StockTransfer? FindTransfer(OperationId id);

    /// <summary>Stores a transfer over what was there.</summary>
    void PutTransfer(StockTransfer transfer);
}

/// <summary>A place in the line of those whose units are sold and not there yet.</summary>
internal readonly record struct WaitingPlace(long Number, ReservationId Reservation);

/// <summary>Reservations, and which of them wait for units.</summary>
internal interface IReservationRows
{
    Reservation? Find(ReservationId id);

    /// <summary>False, and nothing done, where its id is there already.</summary>
    bool TryAdd(Reservation reservation);

    /// <summary>Changes the state alone.</summary>
    void SetState(Reservation reservation, ReservationState state);

    /// <summary>Stores all of it over what was there.</summary>
    void Put(Reservation reservation);

    /// <summary>Held reservations whose end is not after a moment, the oldest ends first.</summary>
    IReadOnlyList<ReservationId> ListDue(DateTimeOffset now, int limit);

    /// <summary>Puts a reservation at the end of the line for a product.</summary>
    void Enqueue(Sku sku, StockRegion region, ReservationId id);

    /// <summary>The line for a product, from its head.</summary>
    IReadOnlyList<WaitingPlace> ListWaiting(Sku sku, StockRegion region, int limit);

    /// <summary>Takes a place out of its line.</summary>
    void Dequeue(WaitingPlace place);

    /// <summary>Takes a reservation out of all lines.</summary>
    void DequeueAll(ReservationId id);

    /// <summary>The ids of all that hold or wait for units.</summary>
    IReadOnlyList<ReservationId> ListOpen();
}
