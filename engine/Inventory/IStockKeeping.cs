using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>How stock is kept: policies, warehouses, buckets, transfers, and the proof.</summary>
/// <remarks>
/// Of the same store as <see cref="IStockStore"/>, and with its contract: idempotent by id,
/// durable before answered, <see cref="StoreUnavailableException"/> where the store is at fault.
/// </remarks>
public interface IStockKeeping
{
    /// <summary>The product's policy; <see cref="StockPolicy.Default"/> where none was put.
    /// </summary>
    ValueTask<StockPolicy> GetPolicyAsync(Sku sku, CancellationToken ct);

    /// <summary>Sets the product's policy. Reservations that are there stay as they are.</summary>
    ValueTask<Answer<StockPolicy>> PutPolicyAsync(
        Sku sku, StockPolicy policy, CancellationToken ct);

    /// <summary>The warehouses of a region that were put, the first to ship first.</summary>
    ValueTask<IReadOnlyList<Warehouse>> ListWarehousesAsync(
        StockRegion region, CancellationToken ct);

    /// <summary>Puts a warehouse, or changes its priority.</summary>
    ValueTask<Answer<Warehouse>> PutWarehouseAsync(Warehouse warehouse, CancellationToken ct);

    /// <summary>Splits a warehouse's stock of a product into buckets, or merges them.</summary>
    ValueTask<Answer<StockLevel>> SpreadAsync(SpreadStock spread, CancellationToken ct);

    /// <summary>Takes units out of a share, for another; they are in transit then.</summary>
    ValueTask<Answer<StockTransfer>> SendAsync(StockTransfer transfer, CancellationToken ct);

    /// <summary>
    /// Makes a transfer of another region's store known in the store of its destination. Nothing
    /// moves, and nothing changes where it is known already.
    /// </summary>
    ValueTask<Answer<StockTransfer>> AnnounceAsync(StockTransfer transfer, CancellationToken ct);

    /// <summary>Puts the units of a transfer into its destination, once.</summary>
    ValueTask<Answer<StockTransfer>> ClaimAsync(OperationId transfer, CancellationToken ct);

    /// <summary>The transfer, or null where there is none.</summary>
    ValueTask<StockTransfer?> GetTransferAsync(OperationId transfer, CancellationToken ct);

    /// <summary>
    /// Compares shares, ledger and reservations, as of one moment. It reads the whole ledger:
    /// time and memory grow with it, and writers do not wait for it.
    /// </summary>
    ValueTask<StockReport> ReconcileAsync(CancellationToken ct);
}
