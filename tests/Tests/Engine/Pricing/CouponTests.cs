using StreamCommerce.Engine;
using StreamCommerce.Engine.Pricing;
using Xunit;
using static StreamCommerce.Tests.Engine.Pricing.Priced;

namespace StreamCommerce.Tests.Engine.Pricing;

public sealed class CouponTests
{
    private static readonly Promotion Welcome = Percent("welcome", 10) with { Coupon = "WELCOME" };

    private static readonly QuoteInput Tea = Basket(Line("tea", 1, 10m));

    [Fact]
    public void A_promotion_with_a_coupon_needs_it()
    {
        Assert.Equal(10m, Book(Welcome).Quote(Tea).Total.Amount);
        Assert.Equal(9m, Book(Welcome).Quote(With("welcome ")).Total.Amount);
    }

    [Fact]
    public void A_coupon_given_twice_counts_once()
    {
        var quote = Book(Welcome).Quote(With("WELCOME", "welcome", " Welcome "));

        Assert.Equal(9m, quote.Total.Amount);
        Assert.Equal("WELCOME", Assert.Single(quote.Promotions).Coupon);
    }

    [Fact]
    public void An_unknown_coupon_is_refused_by_its_name()
    {
        var refusal = Book(Welcome).Refuse(With("WELCOM"));

        Assert.Equal(RefusalCode.UnknownCoupon, refusal.Code);
        Assert.Contains("'WELCOM'", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_coupon_that_is_not_for_the_order_says_why()
    {
        Assert.Equal(RefusalCode.CouponExpired, CodeOf(Welcome with { To = Now }));
        Assert.Equal(RefusalCode.CouponNotApplicable,
            CodeOf(Welcome with { From = Now.AddDays(1) }));
        Assert.Equal(RefusalCode.CouponNotApplicable,
            CodeOf(Welcome with { MinimumSubtotal = 11, Currency = Euro }));
        Assert.Equal(RefusalCode.CouponNotApplicable, CodeOf(Welcome with { Categories = ["x"] }));
        Assert.Equal(RefusalCode.CouponNotApplicable, CodeOf(Welcome with { UsesPerCustomer = 1 }));

        static RefusalCode CodeOf(Promotion promotion) =>
            Book(promotion).Refuse(With("WELCOME")).Code;
    }

    [Fact]
    public void A_coupon_is_used_up_by_as_many_orders_as_it_allows()
    {
        var book = Book(Welcome with { TotalUses = 2 });

        Assert.Equal(9m,
            book.Quote(With("WELCOME"), new CouponCount("welcome", 1, 0)).Total.Amount);
        Assert.Equal(RefusalCode.CouponUsedUp,
            book.Refuse(With("WELCOME"), new CouponCount("welcome", 2, 0)).Code);
    }

    [Fact]
    public void A_coupon_is_used_up_for_a_customer_alone()
    {
        var book = Book(Welcome with { UsesPerCustomer = 1 });
        var input = With("WELCOME") with { Customer = new("ann") };

        Assert.Equal(9m, book.Quote(input, new CouponCount("welcome", 5, 0)).Total.Amount);
        Assert.Equal(RefusalCode.CouponUsedUp,
            book.Refuse(input, new CouponCount("welcome", 5, 1)).Code);
    }

    [Fact]
    public void A_coupon_that_would_change_nothing_is_kept_for_another_order()
    {
        var book = Book(Welcome with { Exclusive = true }, Percent("sale", 30));

        var quote = book.Quote(With("WELCOME"));

        Assert.Equal("sale", Assert.Single(quote.Promotions).Id);
        Assert.Equal(["WELCOME"], quote.UnusedCoupons);
    }

    [Fact]
    public void Only_given_codes_with_limits_need_their_uses_read()
    {
        var book = Book(Welcome with { TotalUses = 2 },
            Percent("free", 5) with { Coupon = "FREE" },
            Percent("other", 5) with { Coupon = "OTHER", TotalUses = 1 });

        Assert.Equal(["welcome"], CouponRules.LimitedPromotions(["welcome", "free"], book));
        Assert.Empty(CouponRules.LimitedPromotions([], book));
    }

    [Fact]
    public void Six_coupons_are_too_many()
    {
        var codes = Enumerable.Range(0, 6).Select(i => $"C{i}").ToArray();
        var book = Book([.. codes.Select(code => Percent(code, 1) with { Coupon = code })]);

        Assert.Equal(RefusalCode.Invalid, book.Refuse(With(codes)).Code);
        Assert.Equal(5, book.Quote(With(codes[..5])).Promotions.Count);
    }

    private static QuoteInput With(params string[] codes) => Tea with { CouponCodes = codes };
}
