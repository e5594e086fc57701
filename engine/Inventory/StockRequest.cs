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
/// <param name="Lifetime">How long it holds, above zero; null: as the policies say.</param>
public sealed record StockRequest(
    ReservationId Id,
    IReadOnlyList<StockLine> Lines,
    StockRegion Region,
    TimeSpan? Lifetime = null);

/// <summary>Puts units back that a buyer has returned.</summary>
/// <param name="Operation">Its id, from the caller.</param>
/// <param name="Lines">What comes back, each sku once.</param>
/// <param name="Region">Whose stock they join.</param>
/// <param name="Reason">Why, for the ledger.</param>
public sealed record RestockUnits(
    OperationId Operation,
    IReadOnlyList<StockLine> Lines,
    StockRegion Region,
    string? Reason = null);
