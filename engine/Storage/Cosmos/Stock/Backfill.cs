using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// Hands units that have become available to those who have bought them already, the oldest sale
/// first. Any thread; two that serve one line at a time serve each reservation once, since its
/// document decides.
/// </summary>
internal sealed class Backfill(
    StockReader reader, WaitingLines waiting, ReservationSagas sagas, TimeProvider time)
{
    private const int PageLimit = 100;

    // Somebody else's buyer may take what was just seen; then the rest is looked at anew.
    private const int RoundLimit = 200;

    /// <summary>Serves the lines of those products that have units to give.</summary>
    public async ValueTask RunAsync(IReadOnlyList<ProductStock> stocks, CancellationToken ct)
    {
        foreach (var stock in stocks)
        {
            if (stock.Available > 0 && stock.Backordered > 0)
                await RunAsync(stock.Sku, stock.Region, ct);
        }
    }

    private async ValueTask RunAsync(Sku sku, StockRegion region, CancellationToken ct)
    {
        for (var round = 0; round < RoundLimit; round++)
        {
            var page = await waiting.ListAsync(sku, region, PageLimit, ct);
            foreach (var place in page)
            {
                if (await ServeAsync(place, sku, region, ct) is not { } isServed) return;
                // Who got less than all keeps the place; then nothing is left for others.
                if (isServed) await waiting.RemoveAsync(place, ct);
            }
            if (page.Count < PageLimit) return;
        }
    }

    /// <summary>Whether the reservation waits no more; null where nothing is left.</summary>
    private async ValueTask<bool?> ServeAsync(
        PlaceDocument place, Sku sku, StockRegion region, CancellationToken ct)
    {
        for (var round = 0; round < RoundLimit; round++)
        {
            var stock = await reader.LoadAsync(sku, region, ct);
            if (stock.Available == 0) return null;
            var answer = await sagas.ChangeAsync(
                new(place.Reservation),
                reservation => StockRules.Backfill(reservation, stock, time.GetUtcNow())
                    ?? new StockPlan(reservation, null),
                isTentative: true, ct);
            if (answer is { } given && given.Is(out var reservation, out _))
            {
                return reservation.Lines.All(
                    line => line.Share.Sku != sku || line.Backordered == 0);
            }
            // There is none, or its units went elsewhere meanwhile.
            if (await sagas.FindAsync(new(place.Reservation), ct) is null) return true;
        }
        return null;
    }
}
