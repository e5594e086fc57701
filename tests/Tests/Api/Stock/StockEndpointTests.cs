using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Stock;

public sealed class StockEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Stock_is_what_came_in_less_what_went_out()
    {
        await service.PutProductAsync("box");

        const string Path = "/v1/stock/box/adjustments";
        await service.PostAsync(Path, """{"delta":10,"reason":"delivery"}""");
        await service.PostAsync(Path, """{"delta":-3,"reason":"broken"}""");

        var answer = await service.GetAsync("/v1/stock/box");
        Assert.Equal("""{"productId":"box","available":7,"reserved":0,"onHand":7,"version":2}""",
            answer.MustBe(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task An_adjustment_repeated_with_its_key_counts_once()
    {
        await service.PutProductAsync("bag");

        for (var i = 0; i < 2; i++)
        {
            await service.PostAsync("/v1/stock/bag/adjustments", """{"delta":5}""",
                headers: ("Idempotency-Key", "delivery-1"));
        }

        Assert.Equal("5", (await service.GetAsync("/v1/stock/bag"))["available"]);
    }

    [Fact]
    public async Task A_key_used_for_another_adjustment_is_refused()
    {
        await service.PutProductAsync("cap");
        await service.PostAsync("/v1/stock/cap/adjustments", """{"delta":5}""",
            headers: ("Idempotency-Key", "delivery-2"));

        var answer = await service.PostAsync("/v1/stock/cap/adjustments", """{"delta":6}""",
            headers: ("Idempotency-Key", "delivery-2"));

        answer.MustBeProblem(HttpStatusCode.UnprocessableEntity, "id-reused");
    }

    [Fact]
    public async Task More_than_there_is_does_not_go_out()
    {
        await service.PutProductAsync("hat", units: 2);

        var answer = await service.PostAsync("/v1/stock/hat/adjustments", """{"delta":-3}""");

        answer.MustBeProblem(HttpStatusCode.Conflict, "out-of-stock");
        Assert.Equal("""{"productId":"hat","asked":3,"available":2}""",
            answer.Find("lines.0")!.ToJsonString());
        Assert.Equal("2", (await service.GetAsync("/v1/stock/hat"))["available"]);
    }

    [Fact]
    public async Task An_adjustment_by_nothing_is_refused()
    {
        await service.PutProductAsync("tie");

        (await service.PostAsync("/v1/stock/tie/adjustments", """{"delta":0}"""))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-quantity");
    }

    [Fact]
    public async Task An_unknown_product_has_no_stock()
    {
        (await service.GetAsync("/v1/stock/unknown"))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await service.PostAsync("/v1/stock/unknown/adjustments", """{"delta":1}"""))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }
}
