using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Pricing;

/// <summary>
/// The coupons' port on Cosmos DB, and what those of orders do with coupons. A use is one
/// transactional batch in the promotion's partition: the order's document is created, and the
/// counts are patched where they are below their limits. That the order's document is there
/// already means that it is counted, or was given back and never counts again. Any thread.
/// </summary>
internal sealed class CosmosCoupons(DocumentContainer coupons) : ICouponStore
{
    // Orders that use a coupon or give it back between the batch and the reading of its counts.
    private const int RaceLimit = 10;

    public async ValueTask<IReadOnlyList<CouponCount>> CountAsync(
        IReadOnlyList<string> promotions, CustomerId? customer, CancellationToken ct) =>
        await SideBySide.RunAsync(
            promotions, promotion => CountAsync(promotion, customer, ct));

    /// <summary>
    /// Counts an order's coupons. Asks nothing where the order has no coupon. Repeated for the same
    /// order, it counts once.
    /// </summary>
    /// <returns>Why not: somebody else had the last one. Null where they are counted.</returns>
    /// <remarks>Where it says no, or a crash ends it, some may be counted: who decides that the
    /// order is not to be gives them back
    /// (<see cref="GiveBackAsync(Quote, OrderId, CancellationToken)"/>), since another may place
    /// the same order at the same time.</remarks>
    public async ValueTask<Refusal?> RedeemAsync(
        Quote quote, CustomerId? customer, OrderId order, CancellationToken ct)
    {
        foreach (var applied in quote.Promotions)
        {
            if (applied.Coupon is null) continue;
            if (await RedeemAsync(applied, customer, order, ct) is { } refusal) return refusal;
        }
        return null;
    }

    /// <summary>Undoes <see cref="RedeemAsync(Quote, CustomerId?, OrderId, CancellationToken)"/>
    /// for an order that is not to be. Repeatable.</summary>
    public async ValueTask GiveBackAsync(Quote quote, OrderId order, CancellationToken ct)
    {
        foreach (var applied in quote.Promotions)
            if (applied.Coupon is not null) await GiveBackAsync(applied.Id, order, ct);
    }

    private async ValueTask<Refusal?> RedeemAsync(
        AppliedPromotion applied, CustomerId? customer, OrderId order, CancellationToken ct)
    {
        var batch = new DocumentBatch()
            .Create(new CouponUseDocument
            {
                Id = CouponUseDocument.IdOf(order),
                Promotion = applied.Id,
                Customer = customer?.Value,
            })
            .Patch(CouponCountDocument.OfAll, Add(1), Below(applied.TotalUses));
        if (customer is { } one)
            batch.Patch(CouponCountDocument.IdOf(one), Add(1), Below(applied.UsesPerCustomer));
        for (var i = 0; i < RaceLimit; i++)
        {
            var reply = await coupons.RunAsync(applied.Id, batch, ct);
            switch (reply.Result)
            {
                case Written.Missing:
                    await MakeCountsAsync(applied.Id, customer, ct);
                    break;
                case Written.Changed:
                    var count = await CountAsync(applied.Id, customer, ct);
                    if (CouponRules.CheckLimits(applied, count) is { } refusal) return refusal;
                    // One was given back since.
                    break;
                default:
                    return null;
            }
        }
        throw Busy(applied.Id);
    }

    private async ValueTask GiveBackAsync(
        string promotion, OrderId order, CancellationToken ct)
    {
        var id = CouponUseDocument.IdOf(order);
        for (var i = 0; i < RaceLimit; i++)
        {
            // Who places the same order and has not counted it yet must not do so any more. And a
            // use that is not seen yet is not passed over: it conflicts with this, and from then
            // on it is seen.
            var never = new CouponUseDocument { Id = id, Promotion = promotion, IsVoid = true };
            if (await coupons.FindAsync<CouponUseDocument>(promotion, id, ct) is not { } use)
            {
                var made = await coupons.CreateAsync(promotion, never, ct);
                if (made.Result == Written.Done) return;
                continue;
            }
            if (use.Document.IsVoid) return;
            var batch = new DocumentBatch()
                .Replace(id, never, use.ETag)
                .Patch(CouponCountDocument.OfAll, Add(-1), null);
            if (use.Document.Customer is { } customer)
                batch.Patch(CouponCountDocument.IdOf(new(customer)), Add(-1), null);
            if ((await coupons.RunAsync(promotion, batch, ct)).Result == Written.Done) return;
        }
        throw Busy(promotion);
    }

    private async ValueTask<CouponCount> CountAsync(
        string promotion, CustomerId? customer, CancellationToken ct)
    {
        var all = UsesAsync(promotion, CouponCountDocument.OfAll, ct);
        var own = customer is { } one
            ? await UsesAsync(promotion, CouponCountDocument.IdOf(one), ct)
            : 0;
        return new(promotion, await all, own);
    }

    private async Task<long> UsesAsync(string promotion, string id, CancellationToken ct) =>
        (await coupons.FindAsync<CouponCountDocument>(promotion, id, ct))?.Document.Uses ?? 0;

    // Nothing where another was quicker to make them.
    private async ValueTask MakeCountsAsync(
        string promotion, CustomerId? customer, CancellationToken ct)
    {
        await MakeAsync(CouponCountDocument.OfAll);
        if (customer is { } one) await MakeAsync(CouponCountDocument.IdOf(one));

        async ValueTask MakeAsync(string id) => await coupons.CreateAsync(
            promotion, new CouponCountDocument { Id = id, Promotion = promotion }, ct);
    }

    private static PatchOperation[] Add(long uses) => [PatchOperation.Increment("/uses", uses)];

    private static string? Below(long? limit) =>
        limit is { } most ? $"FROM c WHERE c.uses < {most}" : null;

    private static StoreUnavailableException Busy(string promotion) =>
        new($"The coupon of promotion {promotion} is used by too many at once.");
}
