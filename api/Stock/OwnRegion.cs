using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Api.Stock;

/// <summary>The region that this service runs in.</summary>
/// <param name="Stock">Whose stock it sells, and nobody else writes.</param>
internal sealed record OwnRegion(StockRegion Stock);
