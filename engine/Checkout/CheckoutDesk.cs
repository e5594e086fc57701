using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Checkout;

/// <summary>Takes buyers' requests to the store, checked and with ids. Any thread.</summary>
/// <param name="store">Where orders are placed.</param>
/// <param name="region">Whose stock this shop sells.</param>
/// <param name="time">Gives the ids their time.</param>
public sealed class CheckoutDesk(ICheckoutStore store, StockRegion region, TimeProvider time)
{
    /// <summary>Sells all that is asked for, or says why not.</summary>
    public async ValueTask<Answer<PlacedOrder>> PlaceAsync(
        CheckoutRequest request, CancellationToken ct)
    {
        if (CheckoutRules.Check(request) is { } refusal) return refusal;
        // Version 7: ids that grow with time keep the stores' indexes dense at their end.
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        return await store.PlaceAsync(
            new(request, request.Hash(), new(id), new(id), region), ct);
    }
}
