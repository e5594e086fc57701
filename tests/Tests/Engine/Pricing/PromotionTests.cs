using StreamCommerce.Engine;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;
using Xunit;
using static StreamCommerce.Tests.Engine.Pricing.Priced;

namespace StreamCommerce.Tests.Engine.Pricing;

public sealed class PromotionTests
{
    [Fact]
    public void Without_a_book_an_order_costs_its_lines()
    {
        var quote = PriceBook.Empty.Quote(Basket(Line("tea", 2, 4.5m), Line("cup", 1, 7m)));

        Assert.Equal(16m, quote.Total.Amount);
        Assert.Equal((0m, 0m, 0m),
            (quote.DiscountTotal.Amount, quote.TaxTotal.Amount, quote.ShippingTotal.Amount));
        Assert.Null(quote.Shipping);
    }

    [Fact]
    public void A_percentage_is_rounded_once_and_split_by_largest_remainder()
    {
        // 10 % of 0.99 is 0.099: 10 cents, of which each third has 3.33.
        var quote = Book(Percent("p", 10)).Quote(
            Basket(Line("a", 1, 0.33m), Line("b", 1, 0.33m), Line("c", 1, 0.33m)));

        Assert.Equal([0.04m, 0.03m, 0.03m], quote.Lines.Select(line => line.Discount.Amount));
        Assert.Equal(0.89m, quote.Total.Amount);
    }

    [Fact]
    public void A_percentage_of_a_category_leaves_other_products_alone()
    {
        var quote = Book(Percent("p", 50) with { Categories = ["tea"] }).Quote(
            Basket(Line("green", 1, 10m, "tea"), Line("cup", 1, 10m)));

        Assert.Equal([5m, 0m], quote.Lines.Select(line => line.Discount.Amount));
    }

    [Fact]
    public void An_amount_off_the_order_never_makes_it_negative()
    {
        var quote = Book(Off("p", 50)).Quote(Basket(Line("tea", 2, 4.5m)));

        Assert.Equal(9m, quote.DiscountTotal.Amount);
        Assert.Equal(0m, quote.Total.Amount);
    }

    [Fact]
    public void An_amount_off_each_unit_counts_with_its_units()
    {
        var promotion = Off("p", 2) with
        { Kind = PromotionKind.AmountOffUnit, Skus = [new("tea")] };

        var quote = Book(promotion).Quote(Basket(Line("tea", 3, 5m), Line("cup", 3, 5m)));

        Assert.Equal([6m, 0m], quote.Lines.Select(line => line.Discount.Amount));
    }

    [Fact]
    public void Of_two_bought_and_one_got_the_cheapest_of_each_three_is_free()
    {
        var promotion = new Promotion
        { Id = "p", Kind = PromotionKind.BuyXGetY, Buy = 2, Get = 1, Categories = ["tea"] };

        // Seven units are two groups: the two cheapest units, one of each product, are free.
        var quote = Book(promotion).Quote(Basket(
            Line("dear", 4, 9m, "tea"), Line("cheap", 1, 3m, "tea"), Line("mid", 2, 5m, "tea")));

        Assert.Equal([0m, 3m, 5m], quote.Lines.Select(line => line.Discount.Amount));
    }

    [Fact]
    public void What_is_bought_makes_another_product_cheaper_so_often()
    {
        var promotion = new Promotion
        {
            Id = "p",
            Kind = PromotionKind.BuyXGetY,
            Buy = 1,
            Get = 1,
            Percent = 50,
            Repeats = 2,
            Skus = [new("pot")],
            GetSkus = [new("cup")],
        };

        var quote = Book(promotion).Quote(Basket(Line("pot", 3, 30m), Line("cup", 5, 5m)));

        Assert.Equal([0m, 5m], quote.Lines.Select(line => line.Discount.Amount));
    }

    [Fact]
    public void Free_shipping_takes_the_shipping_off_with_its_tax()
    {
        var book = new PriceBook
        {
            DefaultDestination = new("DE"),
            Promotions = [new() { Id = "p", Kind = PromotionKind.FreeShipping }],
            Shipping = [Post(4.9m)],
            Taxes = [new() { Area = "DE", Rate = 19, ShippingTaxed = true }],
        };

        var quote = book.Quote(Basket(Line("tea", 1, 10m)));

        Assert.Equal((4.9m, 4.9m, 0m, 0m), (quote.Shipping!.Amount.Amount,
            quote.Shipping.Discount.Amount, quote.Shipping.Tax.Amount, quote.ShippingTotal.Amount));
        Assert.Equal(11.9m, quote.Total.Amount);
    }

    [Fact]
    public void Higher_priorities_work_first_and_the_rest_on_what_is_left()
    {
        var quote = Book(Percent("percent", 50), Off("amount", 2) with { Priority = 5 })
            .Quote(Basket(Line("tea", 1, 10m)));

        Assert.Equal([("amount", 2m), ("percent", 4m)],
            quote.Promotions.Select(one => (one.Id, one.Amount.Amount)));
    }

    [Fact]
    public void Of_two_exclusive_promotions_the_better_for_the_buyer_works_alone()
    {
        var book = Book(Percent("ten", 10) with { Exclusive = true },
            Percent("twenty", 20) with { Exclusive = true }, Percent("five", 5));

        var quote = book.Quote(Basket(Line("tea", 1, 10m)));

        Assert.Equal("twenty", Assert.Single(quote.Promotions).Id);
        Assert.Equal(8m, quote.Total.Amount);
    }

    [Fact]
    public void An_exclusive_promotion_gives_way_to_better_ones_together()
    {
        var book = Book(Percent("alone", 20) with { Exclusive = true },
            Percent("a", 15), Percent("b", 15));

        Assert.Equal(["a", "b"],
            book.Quote(Basket(Line("tea", 1, 100m))).Promotions.Select(one => one.Id));
    }

    [Fact]
    public void A_promotion_holds_from_its_first_moment_to_before_its_last()
    {
        var until = Book(Percent("p", 10) with { From = Now, To = Now.AddTicks(1) });
        var before = Book(Percent("p", 10) with { To = Now });
        var later = Book(Percent("p", 10) with { From = Now.AddTicks(1) });

        Assert.Single(until.Quote(Basket(Line("tea", 1, 10m))).Promotions);
        Assert.Empty(before.Quote(Basket(Line("tea", 1, 10m))).Promotions);
        Assert.Empty(later.Quote(Basket(Line("tea", 1, 10m))).Promotions);
    }

    [Fact]
    public void A_minimum_counts_the_matching_lines_before_discounts()
    {
        var book = Book(Percent("first", 50) with { Priority = 9 },
            Off("p", 1) with { MinimumSubtotal = 10, Categories = ["tea"] });

        Assert.Equal(2, book.Quote(Basket(Line("a", 1, 10m, "tea"))).Promotions.Count);
        Assert.Single(book.Quote(
            Basket(Line("a", 1, 9.99m, "tea"), Line("cup", 1, 50m))).Promotions);
    }

    [Theory]
    [InlineData("JPY", 333, 33, 300)]
    [InlineData("KWD", 3.333, 0.333, 3.000)]
    public void Discounts_are_rounded_to_the_minor_unit(
        string code, decimal price, decimal off, decimal total)
    {
        var currency = Currency.Of(code);
        var input = new QuoteInput
        {
            Currency = currency,
            Lines = [new(new("tea"), "Tea", [], 1, new(price, currency))],
        };

        var quote = Book(Percent("p", 10)).Quote(input);

        Assert.Equal((off, total), (quote.DiscountTotal.Amount, quote.Total.Amount));
    }

    [Fact]
    public void A_line_in_another_currency_is_refused()
    {
        var input = Basket(Line("tea", 1, 1m)) with { Currency = Currency.Of("USD") };

        Assert.Equal(RefusalCode.CurrencyMismatch, PriceBook.Empty.Refuse(input).Code);
    }
}
