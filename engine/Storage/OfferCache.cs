using System.Collections.Concurrent;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>
/// Offers that were read a moment ago: what sells is priced again and again. An offer is dropped
/// when its product is written, before that write is answered; one that was read while any was
/// written is not kept. Any thread.
/// </summary>
internal sealed class OfferCache
{
    // About 50 MB of titles and categories; full, it starts anew.
    private const int Limit = 200_000;

    private readonly ConcurrentDictionary<Sku, Offer> _offers = [];
    private readonly Lock _gate = new();
    private long _writes;

    /// <summary>Hand this to <see cref="Keep"/> with what is read after it.</summary>
    public long Writes => Volatile.Read(ref _writes);

    public Offer? Find(Sku sku) => _offers.GetValueOrDefault(sku);

    public void Keep(IReadOnlyList<Offer?> offers, long writesBefore)
    {
        lock (_gate)
        {
            if (_writes != writesBefore) return;
            if (_offers.Count > Limit) _offers.Clear();
            foreach (var offer in offers)
                if (offer is not null) _offers[offer.Sku] = offer;
        }
    }

    public void Drop(IEnumerable<Sku> skus)
    {
        lock (_gate)
        {
            _writes++;
            foreach (var sku in skus) _offers.TryRemove(sku, out _);
        }
    }
}
