using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>Units of a product, wherever they are.</summary>
public readonly record struct StockLine(Sku Sku, int Quantity);

/// <summary>
/// Asks for all the lines, or none; the store finds the shares that they come from.
/// </summary>
/// <param name="Id">The new reservation's id.</param>
/// <param name="Lines">
/// 1 to <see cref="StockRules.LineCountLimit"/>; the same sku twice is added up.
/// </param>
/// <param name="Region">Whose stock to promise.</param>
/// <param name="Lifetime">
/// How long it holds, above zero; null: the shortest that the products' policies say.
/// </param>
public sealed record StockRequest(
    ReservationId Id,
    IReadOnlyList<StockLine> Lines,
    StockRegion Region,
    TimeSpan? Lifetime = null);

/// <summary>Puts units into a share or takes them out, outside of any sale.</summary>
/// <param name="Operation">Its id, from the caller.</param>
/// <param name="Share">Which share.</param>
/// <param name="Delta">Units, not 0, within <see cref="StockRules.DeltaLimit"/>.</param>
/// <param name="Kind">Received, or adjusted.</param>
/// <param name="Reason">Why, for the ledger.</param>
public sealed record StockAdjustment(
    OperationId Operation,
    ShareKey Share,
    int Delta,
    MovementKind Kind = MovementKind.Adjusted,
    string? Reason = null);

/// <summary>Puts units back that a buyer has returned.</summary>
/// <param name="Operation">Its id, from the caller.</param>
/// <param name="Lines">What comes back; the same sku twice is added up.</param>
/// <param name="Region">Whose stock they join.</param>
/// <param name="Reason">Why, for the ledger.</param>
/// <param name="Warehouse">Where they came back to.</param>
public sealed record RestockUnits(
    OperationId Operation,
    IReadOnlyList<StockLine> Lines,
    StockRegion Region,
    string? Reason = null,
    WarehouseId Warehouse = default);

/// <summary>Spreads the available units of a warehouse over buckets: a split, or a merge.</summary>
/// <param name="Operation">Its id, from the caller.</param>
/// <param name="Sku">The product.</param>
/// <param name="Region">Whose stock.</param>
/// <param name="BucketCount">1 (all in one) to <see cref="StockRules.BucketLimit"/>.</param>
/// <param name="Warehouse">Which part.</param>
public sealed record SpreadStock(
    OperationId Operation,
    Sku Sku,
    StockRegion Region,
    int BucketCount,
    WarehouseId Warehouse = default);
