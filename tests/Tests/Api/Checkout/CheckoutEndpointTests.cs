using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Checkout;

public sealed class CheckoutEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_bought_cart_is_an_order_less_stock_and_an_empty_cart()
    {
        await service.PutProductAsync("tea", 3.20m, units: 5);
        await service.PostAsync("/v1/carts/anna/lines", """{"productId":"tea","quantity":2}""");

        var order = await CheckoutAsync("a1",
            """{"visitorId":"anna","cartId":"anna","currency":"EUR"}""");

        order.MustBe(HttpStatusCode.Created);
        Assert.Equal("""{"amount":6.40,"currency":"EUR"}""", order.Find("total")!.ToJsonString());
        Assert.Equal($"/v1/orders/{order["id"]}", order.Headers["Location"]);
        Assert.Equal(order.Text, (await service.GetAsync($"/v1/orders/{order["id"]}")).Text);
        Assert.Equal("3", (await service.GetAsync("/v1/stock/tea"))["available"]);
        var cart = await service.GetAsync("/v1/carts/anna");
        Assert.Equal("[]", cart.Find("lines")!.ToJsonString());
    }

    [Fact]
    public async Task A_repeated_checkout_gives_the_same_order_and_buys_once()
    {
        await service.PutProductAsync("rice", units: 5);
        const string Body =
            """{"visitorId":"r","currency":"EUR","lines":[{"productId":"rice","quantity":2}]}""";

        var first = await CheckoutAsync("r1", Body);
        var second = await CheckoutAsync("r1", Body);

        Assert.Equal(first.MustBe(HttpStatusCode.Created).Text,
            second.MustBe(HttpStatusCode.Created).Text);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
        Assert.Equal("3", (await service.GetAsync("/v1/stock/rice"))["available"]);
    }

    [Fact]
    public async Task A_key_used_for_another_checkout_is_refused()
    {
        await service.PutProductAsync("salt", units: 5);
        await CheckoutAsync("s1",
            """{"visitorId":"s","currency":"EUR","lines":[{"productId":"salt","quantity":1}]}""");

        (await CheckoutAsync("s1",
            """{"visitorId":"s","currency":"EUR","lines":[{"productId":"salt","quantity":2}]}"""))
            .MustBeProblem(HttpStatusCode.UnprocessableEntity, "id-reused");
    }

    [Fact]
    public async Task A_checkout_without_a_key_is_refused_and_told_so()
    {
        var answer = await service.PostAsync("/v1/checkout",
            """{"visitorId":"v","currency":"EUR","lines":[{"productId":"p","quantity":1}]}""");

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal("Idempotency-Key", answer["errors.0.field"]);
    }

    [Theory]
    [InlineData("""{"visitorId":"v","currency":"EUR","lines":[null]}""", "/lines/0")]
    [InlineData("""{"visitorId":"v","currency":"EUR","lines":[{"quantity":1}]}""",
        "/lines/0/productId")]
    [InlineData("""{"visitorId":"v","currency":"EUR","cartId":"c","expectedTotal":{"amount":1}}""",
        "/expectedTotal/currency")]
    public async Task What_is_missing_in_a_checkout_is_named(string body, string field)
    {
        var answer = await CheckoutAsync("missing", body);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(field, answer["errors.0.field"]);
    }

    [Fact]
    public async Task Nothing_is_taken_where_one_line_is_short()
    {
        await service.PutProductAsync("oil", units: 5);
        await service.PutProductAsync("wine", units: 1);

        var answer = await CheckoutAsync("o1", """
            {"visitorId":"o","currency":"EUR","lines":[
             {"productId":"oil","quantity":1},{"productId":"wine","quantity":2}]}
            """);

        answer.MustBeProblem(HttpStatusCode.Conflict, "out-of-stock");
        Assert.Equal("""[{"productId":"wine","asked":2,"available":1}]""",
            answer.Find("lines")!.ToJsonString());
        Assert.Equal("5", (await service.GetAsync("/v1/stock/oil"))["available"]);
    }

    [Theory]
    [InlineData("nothing", "EUR", 1, HttpStatusCode.NotFound, "unknown-product")]
    [InlineData("milk", "USD", 1, HttpStatusCode.UnprocessableEntity, "currency-mismatch")]
    [InlineData("milk", "EUR", -1, HttpStatusCode.BadRequest, "invalid-quantity")]
    [InlineData("milk", "EUR", 0, HttpStatusCode.BadRequest, "invalid-quantity")]
    [InlineData("milk", "EUR", 20_000, HttpStatusCode.UnprocessableEntity, "quantity-limit")]
    public async Task What_cannot_be_sold_is_refused(
        string product, string currency, int quantity, HttpStatusCode status, string kind)
    {
        await service.PutProductAsync("milk", units: 5);

        var answer = await CheckoutAsync($"{product}{currency}{quantity}",
            $$$"""
            {"visitorId":"m","currency":"{{{currency}}}",
             "lines":[{"productId":"{{{product}}}","quantity":{{{quantity}}}}]}
            """);

        answer.MustBeProblem(status, kind);
        Assert.Equal(product, answer["lines.0.productId"]);
    }

    [Fact]
    public async Task A_total_that_the_buyer_has_not_seen_is_refused()
    {
        await service.PutProductAsync("ham", 4, units: 5);

        (await CheckoutAsync("h1", """
            {"visitorId":"h","currency":"EUR","lines":[{"productId":"ham","quantity":1}],
             "expectedTotal":{"amount":3.5,"currency":"EUR"}}
            """)).MustBeProblem(HttpStatusCode.Conflict, "price-changed");
    }

    [Fact]
    public async Task An_empty_cart_is_not_bought() =>
        (await CheckoutAsync("e1", """{"visitorId":"e","cartId":"e","currency":"EUR"}"""))
            .MustBeProblem(HttpStatusCode.UnprocessableEntity, "empty-cart");

    [Fact]
    public async Task The_newest_orders_come_first()
    {
        await service.PutProductAsync("egg", units: 10);
        foreach (var key in new[] { "g1", "g2" })
        {
            await CheckoutAsync(key, $$"""
                {"visitorId":"{{key}}","currency":"EUR",
                 "lines":[{"productId":"egg","quantity":1}]}
                """);
        }

        var orders = await service.GetAsync("/v1/orders?newest=2");

        Assert.Equal(["g2", "g1"], orders.MustBe(HttpStatusCode.OK).Json["orders"]!.AsArray()
            .Select(order => order!["visitorId"]!.ToString()));
    }

    [Fact]
    public async Task An_unknown_order_is_not_found() =>
        (await service.GetAsync("/v1/orders/unknown"))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");

    [Fact(Timeout = 30_000)]
    public async Task An_order_becomes_a_purchase_of_the_log()
    {
        await service.PutProductAsync("nut", 1.25m, "CHF", units: 5);
        await CheckoutAsync("n1", """
            {"visitorId":"n","currency":"CHF","region":"CH",
             "lines":[{"productId":"nut","quantity":4}]}
            """);

        // The relay appends it in its own time.
        var bought = "0";
        while (bought == "0")
        {
            var stats = await service.GetAsync("/v1/stats?wait=true");
            bought = stats.Json["revenueByRegion"]!.AsArray()
                .FirstOrDefault(row => row!["region"]!.ToString() == "CH")?["purchased"]!["amount"]!
                .ToString() ?? "0";
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
        Assert.Equal("5.00", bought);
    }

    private Task<Answer> CheckoutAsync(string key, string body) =>
        service.PostAsync(
            "/v1/checkout",
            body.Insert(body.IndexOf('{') + 1, """
                "payment":{"token":"tok_visa"},
                """),
            headers: ("Idempotency-Key", key));
}
