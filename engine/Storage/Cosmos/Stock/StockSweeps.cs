using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// Finishes what a crash has left half done and nobody else comes upon, and ends what is old in
/// the ledger. By whoever does the housekeeping, one thread at a time; any number of instances.
/// </summary>
internal sealed class StockSweeps(
    StockLedger ledger, ReservationSagas sagas, StockOperations operations, StockReader reader,
    Backfill backfill, LedgerFolding folding, TimeProvider time)
{
    // Products that owe units, of one round: each is read, about 8 RU.
    private const int OwingLimit = 100;

    // Whoever makes units available hands them out; this is for those who died in between.
    private static readonly TimeSpan HandOutInterval = TimeSpan.FromSeconds(10);

    private DateTimeOffset _nextHandOut;
    private string _lastPlace = "";

    /// <summary>Does a round.</summary>
    /// <param name="limit">Documents of a kind that are finished in it.</param>
    /// <param name="ct">Gives up.</param>
    public async ValueTask RunAsync(int limit, CancellationToken ct)
    {
        await Sweeping.ForEachAsync(
            await ledger.ListStuckAsync(time.GetUtcNow(), limit, ct),
            async id => await sagas.FindAsync(id, ct));
        await Sweeping.ForEachAsync(
            await ledger.ListStuckOperationsAsync(time.GetUtcNow(), limit, ct),
            async id => await operations.FindAsync(id, ct));
        if (time.GetUtcNow() >= _nextHandOut) await HandOutAsync(ct);
        await folding.RunAsync(ct);
    }

    /// <summary>Hands out units of those products that owe some, a part of them at a time.
    /// </summary>
    private async ValueTask HandOutAsync(CancellationToken ct)
    {
        var owing = await ledger.ListOwingAsync(_lastPlace, OwingLimit, ct);
        await Sweeping.ForEachAsync(
            owing.Select(key => (Sku: new Sku(key.Sku), Region: new StockRegion(key.Region)))
                .Distinct(),
            async product => await backfill.RunAsync(
                [await reader.LoadAsync(product.Sku, product.Region, ct)], ct));
        _lastPlace = owing.Count < OwingLimit
            ? "" : ShareKeyDocument.PlaceOf(new(owing[^1].Sku), new(owing[^1].Region));
        _nextHandOut = time.GetUtcNow() + HandOutInterval;
    }
}
