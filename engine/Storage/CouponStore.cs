using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>The coupons' port over units of work, and what those of orders do with coupons.
/// </summary>
internal sealed class CouponStore(IShopRunner runner) : ICouponStore
{
    public ValueTask<IReadOnlyList<CouponCount>> CountAsync(
        IReadOnlyList<string> promotions, CustomerId? customer, CancellationToken ct) =>
        promotions.Count == 0
            ? new([])
            : runner.ReadAsync<IReadOnlyList<CouponCount>>(tx =>
                [.. promotions.Select(promotion => tx.Coupons.Count(promotion, customer))], ct);

    /// <summary>
    /// Counts an order's coupons, all or none, within the unit that places it. Touches no row
    /// where the order has no coupon. Repeated for the same order, it counts once.
    /// </summary>
    /// <returns>Why not: somebody else had the last one. Null where they are counted.</returns>
    public static Refusal? Redeem(
        IShopTransaction tx, Quote quote, CustomerId? customer, OrderId order)
    {
        for (var i = 0; i < quote.Promotions.Count; i++)
        {
            var applied = quote.Promotions[i];
            if (applied.Coupon is null || tx.Coupons.IsRedeemed(applied.Id, order)) continue;
            if (applied is { TotalUses: null, UsesPerCustomer: null }) continue;
            if (CouponRules.CheckLimits(applied, tx.Coupons.Count(applied.Id, customer)) is { } no)
                return no;
        }
        for (var i = 0; i < quote.Promotions.Count; i++)
        {
            var applied = quote.Promotions[i];
            if (applied.Coupon is not null) tx.Coupons.Redeem(applied.Id, customer, order);
        }
        return null;
    }

    /// <summary>Undoes <see cref="Redeem"/> for an order that is not to be. Repeatable.</summary>
    public static void GiveBack(IShopTransaction tx, Quote quote, OrderId order)
    {
        for (var i = 0; i < quote.Promotions.Count; i++)
        {
            var applied = quote.Promotions[i];
            if (applied.Coupon is not null) tx.Coupons.GiveBack(applied.Id, order);
        }
    }
}
