using StreamCommerce.Engine;
using StreamCommerce.Engine.Pricing;
using Xunit;
using static StreamCommerce.Tests.Engine.Pricing.Priced;

namespace StreamCommerce.Tests.Engine.Pricing;

public sealed class TaxAndShippingTests
{
    private static readonly QuoteInput Tea = Basket(Line("tea", 1, 10m, "food"));

    private static readonly Dictionary<string, decimal> Reduced = new() { ["food"] = 7 };

    [Fact]
    public void An_included_tax_is_a_part_of_the_price()
    {
        var book = Taxed(new TaxArea { Area = "DE", Rate = 19, Included = true });

        var quote = book.Quote(To("DE"));

        // 10 × 19 ÷ 119 = 1.5966…
        Assert.Equal((1.60m, 10m), (quote.TaxTotal.Amount, quote.Total.Amount));
        Assert.True(quote.TaxIncluded);
    }

    [Fact]
    public void A_tax_that_is_not_included_is_added()
    {
        var quote = Taxed(new TaxArea { Area = "US-CA", Rate = 7.25m }).Quote(To("US", "CA"));

        Assert.Equal((0.72m, 10.72m), (quote.TaxTotal.Amount, quote.Total.Amount));
    }

    [Fact]
    public void A_region_goes_before_its_country_and_elsewhere_there_is_no_tax()
    {
        var book = Taxed(
            new TaxArea { Area = "US", Rate = 1 }, new() { Area = "US-CA", Rate = 10 });

        Assert.Equal(1m, book.Quote(To("US", "CA")).TaxTotal.Amount);
        Assert.Equal(0.1m, book.Quote(To("US", "NY")).TaxTotal.Amount);
        Assert.Equal(0m, book.Quote(To("CH")).TaxTotal.Amount);
    }

    [Fact]
    public void A_category_has_its_own_rate()
    {
        var book = Taxed(new TaxArea { Area = "DE", Rate = 19, Categories = Reduced });

        Assert.Equal(0.7m, book.Quote(To("DE")).TaxTotal.Amount);
    }

    [Fact]
    public void Tax_is_on_what_is_left_after_discounts()
    {
        var book = Taxed(new TaxArea { Area = "DE", Rate = 20 }) with
        { Promotions = [Percent("p", 50)] };

        Assert.Equal((1m, 6m),
            (book.Quote(To("DE")).TaxTotal.Amount, book.Quote(To("DE")).Total.Amount));
    }

    [Fact]
    public void An_order_that_does_not_say_where_to_goes_home_or_is_refused()
    {
        var book = Taxed(new TaxArea { Area = "DE", Rate = 20 });

        Assert.Equal(RefusalCode.DestinationRequired, book.Refuse(Tea).Code);
        Assert.Equal(2m, (book with { DefaultDestination = new("DE") }).Quote(Tea).TaxTotal.Amount);
        Assert.Equal(RefusalCode.Invalid, book.Refuse(To("Germany")).Code);
    }

    [Fact]
    public void The_first_method_that_goes_there_is_taken_unless_another_is_asked_for()
    {
        var book = Shipped(Post(9, "island") with { Areas = ["IS"] },
            Post(5, "parcel") with { Areas = ["DE"] }, Post(12, "express"));

        Assert.Equal("parcel", book.Quote(To("DE")).Shipping!.Method);
        Assert.Equal("express", book.Quote(To("FR")).Shipping!.Method);
        Assert.Equal(22m, book.Quote(To("DE") with { ShippingMethod = "express" }).Total.Amount);
        Assert.Equal(RefusalCode.NoShipping,
            book.Refuse(To("DE") with { ShippingMethod = "island" }).Code);
    }

    [Fact]
    public void Where_nothing_is_sent_nothing_is_sold()
    {
        var refusal = Shipped(Post(5) with { Areas = ["DE"] }).Refuse(To("US", "CA"));

        Assert.Equal(RefusalCode.NoShipping, refusal.Code);
        Assert.Contains("US-CA", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_count_the_subtotal_or_units_and_a_large_order_is_free()
    {
        var method = Post(0) with { Steps = [new(0, 9), new(20, 5)], FreeFrom = 50 };
        var byUnits = Post(0) with
        { By = ShippingMeasure.Units, Steps = [new(2, 3), new(5, 8)] };

        Assert.Equal([9m, 5m, 0m], new[] { 1, 2, 5 }.Select(units =>
            Shipped(method).Quote(Units(units)).ShippingTotal.Amount));
        Assert.Equal([3m, 3m, 8m], new[] { 2, 4, 5 }.Select(units =>
            Shipped(byUnits).Quote(Units(units)).ShippingTotal.Amount));
        Assert.Equal(RefusalCode.NoShipping, Shipped(byUnits).Refuse(Units(1)).Code);
    }

    [Fact]
    public void A_discount_does_not_make_free_shipping_cost_something()
    {
        var book = Shipped(Post(9) with { FreeFrom = 10 }) with { Promotions = [Percent("p", 50)] };

        Assert.Equal(5m, book.Quote(To("DE")).Total.Amount);
    }

    private static PriceBook Taxed(params TaxArea[] taxes) => new() { Taxes = taxes };

    private static PriceBook Shipped(params ShippingMethod[] methods) => new()
    { Shipping = methods };

    private static QuoteInput To(string country, string? region = null) =>
        Tea with { Destination = new(country, region) };

    private static QuoteInput Units(int units) =>
        Basket(Line("tea", units, 10m)) with { Destination = new("DE") };
}
