using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// Reads how often promotions were used, for a quote. What counts is checked again by the unit of
/// work that places the order; see <see cref="CouponRules.CheckLimits"/>.
/// </summary>
public interface ICouponStore
{
    /// <summary>The uses of each promotion, in the order asked for.</summary>
    ValueTask<IReadOnlyList<CouponCount>> CountAsync(
        IReadOnlyList<string> promotions, CustomerId? customer, CancellationToken ct);
}
