using StreamCommerce.Engine;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pricing;

public abstract class CouponStoreContract(Func<ShopFixture> open) : ShopContract(open)
{
    private static readonly CustomerId Ann = new("ann");

    [Fact]
    public async Task An_order_uses_a_coupon_once_however_often_it_is_repeated()
    {
        await RedeemAsync("o1", Ann);
        await RedeemAsync("o1", Ann);

        Assert.Equal(new CouponCount("p", 1, 1), await CountAsync(Ann));
        Assert.Equal(new CouponCount("p", 1, 0), await CountAsync(new("bob")));
        Assert.Equal(new CouponCount("p", 1, 0), await CountAsync(null));
    }

    [Fact]
    public async Task What_was_given_back_can_be_used_again()
    {
        await RedeemAsync("o1", Ann, totalUses: 1);
        Assert.Equal(RefusalCode.CouponUsedUp, (await RedeemAsync("o2", Ann, totalUses: 1))!.Code);

        await GiveBackAsync("o1");
        await GiveBackAsync("o1");
        await GiveBackAsync("o9");

        Assert.Equal(new CouponCount("p", 0, 0), await CountAsync(Ann));
        Assert.Null(await RedeemAsync("o2", Ann, totalUses: 1));
    }

    [Fact]
    public async Task However_many_orders_race_the_limit_holds()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => RedeemAsync($"o{i}", Ann, totalUses: 7)));

        Assert.Equal(7, answers.Count(refusal => refusal is null));
        Assert.Equal(7, (await CountAsync(null)).Uses);
    }

    [Fact]
    public async Task The_order_that_has_the_last_one_may_ask_again()
    {
        Assert.Null(await RedeemAsync("o1", Ann, totalUses: 1));

        Assert.Null(await RedeemAsync("o1", Ann, totalUses: 1));
    }

    [Fact]
    public async Task An_order_without_coupons_touches_no_row()
    {
        var quote = QuoteOf(coupon: null, totalUses: null);

        await Shop.RedeemAsync(quote, Ann, new("o1"));

        Assert.Equal(new CouponCount("p", 0, 0), await CountAsync(Ann));
    }

    private Task<Refusal?> RedeemAsync(
        string order, CustomerId customer, long? totalUses = null) =>
        Shop.RedeemAsync(QuoteOf("CODE", totalUses), customer, new(order)).AsTask();

    private Task GiveBackAsync(string order) =>
        Shop.GiveBackAsync(QuoteOf("CODE", null), new(order)).AsTask();

    private async Task<CouponCount> CountAsync(CustomerId? customer) =>
        Assert.Single(await Shop.Stores.Coupons.CountAsync(["p"], customer, Shop.Ct));

    private static Quote QuoteOf(string? coupon, long? totalUses)
    {
        var quote = PriceBook.Empty.Quote(Priced.Basket(Priced.Line("tea", 1, 1m)));
        return quote with
        {
            Promotions = [new("p", coupon, new(1m, Priced.Euro), totalUses)],
        };
    }
}

public sealed class MemoryCouponStoreTests() : CouponStoreContract(ShopFixture.Memory);

public sealed class SqliteCouponStoreTests() : CouponStoreContract(ShopFixture.Sqlite);

public sealed class CosmosCouponStoreTests() : CouponStoreContract(ShopFixture.Cosmos);
