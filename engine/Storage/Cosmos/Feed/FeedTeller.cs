using System.Text.Json;
using StreamCommerce.Engine.Storage.Cosmos.Stock;

namespace StreamCommerce.Engine.Storage.Cosmos.Feed;

/// <summary>
/// Tells of a page of changes. Idempotent, since a page may come again; what throws is the
/// account's fault, and has it come again. A document that cannot be read would be there each
/// time: it is put aside, and the feed goes on. Any thread; pages of one partition come in their
/// order, one after another.
/// </summary>
internal sealed class FeedTeller(
    FeedDocuments documents, StockReader stock, DeadLetters dead, Broadcast broadcast,
    TimeProvider time)
{
    /// <exception cref="StoreUnavailableException">Stock cannot be read, or a document not be put
    /// aside.</exception>
    public async Task TellAsync(
        string container, IReadOnlyCollection<JsonElement> changes, CancellationToken ct)
    {
        var page = new FeedPage();
        foreach (var document in changes)
        {
            try
            {
                documents.Read(container, document, page);
            }
            // Whatever it is: nothing but the document decides on it.
            catch (Exception fault)
            {
                await dead.KeepAsync(container, document, fault, ct);
            }
        }
        broadcast.TellNews([.. page.Changes]);
        foreach (var layout in page.Layouts)
        {
            await TellStockAsync(container, [layout.Document],
                () => stock.FollowAsync(layout.Changed, ct), ct);
        }
        foreach (var product in page.Moved.GroupBy(
            moved => (moved.Share.Key.Sku, moved.Share.Key.Region)))
        {
            await TellStockAsync(container, product.Select(moved => moved.Document),
                () => stock.TellNewsAsync([.. product.Select(moved => moved.Share)], ct), ct);
        }
        if (page.HasEvents) broadcast.OutboxSignal.Set();
        CosmosInstruments.Followed(container, LagOf(changes));
    }

    private async ValueTask TellStockAsync(
        string container, IEnumerable<JsonElement> documents, Func<ValueTask> tell,
        CancellationToken ct)
    {
        try
        {
            await tell();
        }
        // Another document of the product cannot be read.
        catch (Exception fault) when (fault
            is not (StoreUnavailableException or OperationCanceledException))
        {
            foreach (var one in documents) await dead.KeepAsync(container, one, fault, ct);
        }
    }

    /// <summary>The age of the oldest change, which the account keeps in seconds.</summary>
    private TimeSpan LagOf(IReadOnlyCollection<JsonElement> changes)
    {
        var now = time.GetUtcNow();
        var lag = TimeSpan.Zero;
        foreach (var document in changes)
        {
            if (!document.TryGetProperty("_ts", out var written)
                || !written.TryGetInt64(out var seconds)) continue;
            var age = now - DateTimeOffset.FromUnixTimeSeconds(seconds);
            if (age > lag) lag = age;
        }
        return lag;
    }
}
