using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Simulation;

/// <summary>What the simulated shop sells, and at what prices.</summary>
internal static class Wares
{
    public const string Coupon = "FEW";

    public const int CouponUses = 2;

    public static readonly Currency Euro = Currency.Of("EUR");

    public static readonly Sku[] Skus = [new("tea"), new("cup"), new("pot")];

    public static readonly PriceBook Book = new()
    {
        Promotions =
        [
            new()
            {
                Id = "few", Kind = PromotionKind.Percentage, Percent = 15, Coupon = Coupon,
                TotalUses = CouponUses,
            },
        ],
    };

    public static Product ProductOf(Sku sku) => new()
    {
        Sku = sku,
        Title = "The " + sku,
        Price = new(sku.Value == "pot" ? 33.33m : 9.99m, Euro),
    };

    public static ShareKey Share(Sku sku) => new(sku, StockRegion.Home);
}
