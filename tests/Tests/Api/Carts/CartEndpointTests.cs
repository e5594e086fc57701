using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Carts;

public sealed class CartEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_cart_holds_what_was_added_set_and_not_removed()
    {
        await service.PutProductAsync("apple");
        await service.PutProductAsync("pear");
        await service.PutProductAsync("plum");

        await AddAsync("basket", "apple", 1);
        await AddAsync("basket", "apple", 2);
        await AddAsync("basket", "pear", 1);
        await service.PutAsync("/v1/carts/basket/lines/plum", """{"quantity":7}""");
        await service.SendAsync(HttpMethod.Delete, "/v1/carts/basket/lines/pear", null, null);

        var cart = await service.GetAsync("/v1/carts/basket");
        cart.MustBe(HttpStatusCode.OK);
        Assert.Equal(
            """[{"productId":"apple","quantity":3},{"productId":"plum","quantity":7}]""",
            cart.Find("lines")!.ToJsonString());
        Assert.Equal("\"5\"", cart.Headers["ETag"]);
    }

    [Fact]
    public async Task A_cart_that_nothing_was_put_in_is_empty()
    {
        var cart = await service.GetAsync("/v1/carts/new");

        Assert.Equal("""{"id":"new","visitorId":"new","lines":[],"version":0}""",
            cart.MustBe(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task An_unknown_product_is_not_added()
    {
        var answer = await AddAsync("c1", "unknown", 1);

        answer.MustBeProblem(HttpStatusCode.NotFound, "unknown-product");
        Assert.Equal("unknown", answer["lines.0.productId"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public async Task Less_than_one_unit_is_not_added(int quantity)
    {
        await service.PutProductAsync("fig");

        (await AddAsync("c2", "fig", quantity))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-quantity");
        Assert.Equal("0", (await service.GetAsync("/v1/carts/c2"))["version"]);
    }

    [Fact]
    public async Task More_units_than_a_line_may_have_are_refused()
    {
        await service.PutProductAsync("fig");

        (await AddAsync("c3", "fig", 10_001))
            .MustBeProblem(HttpStatusCode.UnprocessableEntity, "quantity-limit");
    }

    [Fact]
    public async Task Another_visitors_cart_is_closed()
    {
        await service.PutProductAsync("fig");
        await AddAsync("c4", "fig", 1, ("Visitor-Id", "anna"));

        (await AddAsync("c4", "fig", 1, ("Visitor-Id", "bert")))
            .MustBeProblem(HttpStatusCode.Forbidden, "cart-of-another");
        (await service.GetAsync("/v1/carts/c4"))
            .MustBeProblem(HttpStatusCode.Forbidden, "cart-of-another");
    }

    [Fact]
    public async Task A_change_repeated_with_its_key_has_one_effect()
    {
        await service.PutProductAsync("fig");

        await AddAsync("c5", "fig", 2, ("Idempotency-Key", "k"));
        var again = await AddAsync("c5", "fig", 2, ("Idempotency-Key", "k"));

        Assert.Equal("2", again.MustBe(HttpStatusCode.OK)["lines.0.quantity"]);
    }

    [Fact]
    public async Task A_change_of_an_older_version_is_refused()
    {
        await service.PutProductAsync("fig");
        await AddAsync("c6", "fig", 1);
        await AddAsync("c6", "fig", 1);

        (await AddAsync("c6", "fig", 1, ("If-Match", "\"1\"")))
            .MustBeProblem(HttpStatusCode.PreconditionFailed, "version-mismatch");
    }

    private Task<Answer> AddAsync(
        string cart, string product, int quantity, params (string, string)[] headers) =>
        service.PostAsync($"/v1/carts/{cart}/lines",
            $$"""{"productId":"{{product}}","quantity":{{quantity}}}""", headers: headers);
}
