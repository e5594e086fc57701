using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>The stock of the shop, in shares, and what is promised of it.</summary>
/// <remarks>
/// The contract, which every adapter's tests check:
/// <list type="bullet">
/// <item><b>Never oversold.</b> <c>OnHand = Available + Reserved</c>, no count negative, always;
/// and the movements of a share add up to it.</item>
/// <item><b>All lines or none.</b> A reservation holds every line or nothing, and leaves
/// <see cref="ReservationState.Held"/> once.</item>
/// <item><b>Idempotent by id.</b> An operation that is repeated with the same id and the same
/// content has one effect and the same answer (an adjustment's answer is the share as it is
/// now); with other content it is refused. A refused operation leaves nothing behind.</item>
/// <item><b>Expiry.</b> From its end on a reservation cannot be committed, whether
/// <see cref="ExpireDueAsync"/> has run or not. Its units come back when that runs.</item>
/// <item><b>Debts first.</b> Units that become available go to what is sold and owed before
/// anybody else can have them, the oldest sale first.</item>
/// <item><b>Durable before answered</b>, and answered before it is on the change stream.</item>
/// <item><b>Products.</b> A store of stock knows no catalogue: ask the catalogue first whether
/// the sku exists.</item>
/// <item><b>Faults.</b> <see cref="StoreUnavailableException"/>; nothing else but bugs.</item>
/// </list>
/// </remarks>
public interface IStockStore
{
    /// <summary>The share; empty where nothing ever moved.</summary>
    ValueTask<Share> GetAsync(ShareKey key, CancellationToken ct);

    /// <summary>The shares of a product in a region, in the order of shipping.</summary>
    ValueTask<IReadOnlyList<Share>> ListAsync(
        Sku sku, StockRegion region, CancellationToken ct);

    /// <summary>The counts of products in a region, in the order asked for, of one moment.
    /// </summary>
    ValueTask<IReadOnlyList<StockLevel>> GetLevelsAsync(
        IReadOnlyList<Sku> skus, StockRegion region, CancellationToken ct);

    /// <summary>
    /// The counts of every product and region that stock was ever kept of, by sku and region: for
    /// those that keep all of them in memory. A page is of one moment.
    /// </summary>
    /// <param name="after">Only what is behind this place; null from the start.</param>
    /// <param name="limit">Counts at most, 1 to <see cref="StockRules.SweepMaximum"/>.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <returns>Fewer than the limit at the end only.</returns>
    ValueTask<IReadOnlyList<StockLevel>> SweepLevelsAsync(
        (Sku Sku, StockRegion Region)? after, int limit, CancellationToken ct);

    /// <summary>Receives or corrects stock; never to less than none available.</summary>
    ValueTask<Answer<Share>> AdjustAsync(StockAdjustment adjustment, CancellationToken ct);

    /// <summary>Puts returned units back, also those of a closed reservation.</summary>
    ValueTask<Answer<StockMovement>> RestockAsync(RestockUnits restock, CancellationToken ct);

    /// <summary>Promises all lines until the lifetime is over, or names every shortfall.</summary>
    ValueTask<Answer<Reservation>> ReserveAsync(StockRequest request, CancellationToken ct);

    /// <summary>The promised units leave; those that are not there yet, when they come.</summary>
    ValueTask<Answer<Reservation>> CommitAsync(ReservationId id, CancellationToken ct);

    /// <summary>
    /// The named units leave and the rest comes back; <see cref="StockRules.CommitPart"/>.
    /// </summary>
    ValueTask<Answer<Reservation>> CommitPartAsync(
        ReservationId id, IReadOnlyList<StockLine> part, CancellationToken ct);

    /// <summary>The promised units come back. Releasing what has expired is not refused.</summary>
    ValueTask<Answer<Reservation>> ReleaseAsync(ReservationId id, CancellationToken ct);

    /// <summary>Its payment begins: it holds for the payment lifetime from now, at least.</summary>
    ValueTask<Answer<Reservation>> ExtendAsync(ReservationId id, CancellationToken ct);

    /// <summary>Gives up what a committed reservation still waits for.</summary>
    ValueTask<Answer<Reservation>> CancelBackordersAsync(
        ReservationId id, CancellationToken ct);

    /// <summary>The reservation, or null where there is none.</summary>
    ValueTask<Reservation?> GetReservationAsync(ReservationId id, CancellationToken ct);

    /// <summary>Expires reservations whose end has come, the oldest ends first.</summary>
    /// <returns>How many; fewer than <paramref name="limit"/> where none is left.</returns>
    ValueTask<int> ExpireDueAsync(int limit, CancellationToken ct);

    /// <summary>The ledger behind a number, in order.</summary>
    ValueTask<IReadOnlyList<StockMovement>> ReadMovementsAsync(
        long afterNumber, int limit, CancellationToken ct);
}
