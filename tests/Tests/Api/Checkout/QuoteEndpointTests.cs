using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Checkout;

public sealed class QuoteEndpointTests(ServiceFixture service)
    : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        await service.PutProductAsync("tea", 10m, units: 50);
        (await service.PutAsync("/v1/pricing", """
            {"promotions":[
              {"id":"ten","kind":"percentage","percent":10,"coupon":"TEN","totalUses":1},
              {"id":"gift","kind":"percentage","percent":100,"coupon":"GIFT",
               "exclusive":true},
              {"id":"sent","kind":"freeShipping","coupon":"SENT"}],
             "taxes":[{"area":"DE","rate":20,"shippingTaxed":true}],
             "shipping":[{"id":"post","currency":"EUR","steps":[{"from":0,"amount":5}]}]}
            """)).MustBe(HttpStatusCode.OK);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task A_quote_shows_what_the_total_is_made_of_and_reserves_nothing()
    {
        var before = await service.AvailableAsync("tea");
        var quote = await QuoteAsync(""" "coupons":["ten"],"shipTo":{"country":"DE"}, """);

        quote.MustBe(HttpStatusCode.OK);
        Assert.Equal("""
            {"lines":[{"productId":"tea","title":"The tea","quantity":2,
            "unitPrice":{"amount":10,"currency":"EUR"},
            "subtotal":{"amount":20,"currency":"EUR"},
            "discount":{"amount":2.00,"currency":"EUR"},
            "tax":{"amount":3.60,"currency":"EUR"},
            "total":{"amount":21.60,"currency":"EUR"}}],
            "promotions":[{"id":"ten","coupon":"TEN",
            "amount":{"amount":2.00,"currency":"EUR"}}],
            "shipping":{"method":"post","amount":{"amount":5.00,"currency":"EUR"},
            "tax":{"amount":1.00,"currency":"EUR"},
            "total":{"amount":6.00,"currency":"EUR"}},
            "subtotal":{"amount":20,"currency":"EUR"},
            "discountTotal":{"amount":2.00,"currency":"EUR"},
            "shippingTotal":{"amount":6.00,"currency":"EUR"},
            "taxTotal":{"amount":4.60,"currency":"EUR"},
            "taxIncluded":false,"total":{"amount":27.60,"currency":"EUR"}}
            """.ReplaceLineEndings(""), quote.Text);
        Assert.Equal(before, await service.AvailableAsync("tea"));
    }

    [Fact]
    public async Task An_order_keeps_its_quote_and_a_coupon_is_used_up()
    {
        const string More = """ "coupons":["TEN"],"shipTo":{"country":"DE"}, """;
        var quote = await QuoteAsync(More);
        var order = await service.BuyAsync("q1", "tea", more: More);
        var second = await service.BuyAsync("q2", "tea", more: More);
        var cancelled = await service.DoAsync(order["id"]!, "cancel", "x");
        var third = await service.BuyAsync("q3", "tea", more: More);

        Assert.Equal(quote["total.amount"], order.MustBe(HttpStatusCode.Created)["total.amount"]);
        Assert.Equal("ten", order["price.promotions.0.id"]);
        Assert.Equal(("post", "6.00", "4.60"), (order["price.shipping.method"],
            order["price.shippingTotal.amount"], order["price.taxTotal.amount"]));
        second.MustBeProblem(HttpStatusCode.Conflict, "coupon-used-up");
        cancelled.MustBe(HttpStatusCode.OK);
        third.MustBe(HttpStatusCode.Created);
        await service.DoAsync(third["id"]!, "cancel", "x");
    }

    [Fact]
    public async Task A_coupon_can_make_an_order_free()
    {
        var order = await service.BuyAsync(
            "g1", "tea", more: """ "coupons":["GIFT","SENT"],"shipTo":{"country":"FR"}, """);

        Assert.True(order.Status is HttpStatusCode.Created, order.Text);
    }

    [Theory]
    [InlineData(""" "coupons":[null], """, 400, "/coupons/0")]
    [InlineData(""" "coupons":["1","2","3","4","5","6","7","8","9","10","11"], """, 422,
        "/coupons")]
    [InlineData(""" "shippingMethod":"", """, 400, "/shippingMethod")]
    [InlineData(""" "payment":{"token":"4242 4242 4242 4242"}, """, 400, "/payment/token")]
    [InlineData(""" "payment":{"token":"tok_visa","capture":"later"}, """, 400,
        "/payment/capture")]
    [InlineData(""" "buyer":{"device":""}, """, 400, "/buyer/device")]
    [InlineData(""" "expectedTotal":{"amount":1,"currency":"USD"}, """, 400,
        "/expectedTotal/currency")]
    [InlineData(""" "colour":"red", """, 400, "/colour")]
    public async Task A_quote_that_cannot_be_names_the_field(
        string more, int status, string field)
    {
        var answer = await QuoteAsync(more);

        Assert.Equal((status, field), ((int)answer.Status, answer["errors.0.field"]));
    }

    [Fact]
    public async Task Too_many_lines_are_refused_by_name()
    {
        var lines = string.Join(',', Enumerable.Range(0, 201)
            .Select(i => $$"""{"productId":"p{{i}}","quantity":1}"""));
        var answer = await service.PostAsync("/v1/checkout/quote",
            $$"""{"visitorId":"v","currency":"EUR","lines":[{{lines}}]}""");

        answer.MustBeProblem(HttpStatusCode.UnprocessableEntity, "line-limit");
        Assert.Equal("/lines", answer["errors.0.field"]);
    }

    [Theory]
    [InlineData("NOSUCH", "unknown-coupon")]
    public async Task A_coupon_that_there_is_not_is_refused(string code, string kind) =>
        (await QuoteAsync($$""" "coupons":["{{code}}"],"shipTo":{"country":"DE"}, """))
            .MustBeProblem(HttpStatusCode.UnprocessableEntity, kind);

    private Task<Answer> QuoteAsync(string more) => service.PostAsync("/v1/checkout/quote", $$"""
        {"visitorId":"v","currency":"EUR",{{more}}
         "lines":[{"productId":"tea","quantity":2}]}
        """);
}
