using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

public sealed class MetricsEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Path = "/v1/recommendations/metrics";

    [Fact]
    public async Task What_an_answer_led_to_comes_back_by_source_and_by_arm()
    {
        (await service.PutAsync("/v1/experiments", """
            {"experiments":[{"name":"e","arms":[
              {"name":"all","share":100,"overrides":{"diversity":0.5}},
              {"name":"nobody","share":0}]}]}
            """)).MustBe(HttpStatusCode.OK);
        await SendAsync("before-1", "view_item", "bob", null, "mug");
        await SendAsync("before-2", "view_item", "bob", null, "plate");
        await SendAsync("before-3", "view_item", "ann", null, "mug");
        var answer = await service.GetAsync("/v1/recommendations?visitor=ann&k=1");
        Assert.Equal("plate", answer.MustBe(HttpStatusCode.OK)["products.0.productId"]);
        var id = answer["id"];

        await SendAsync("shown", "view_item_list", "ann", id, "plate");
        await SendAsync("clicked", "select_item", "ann", id, "plate");
        await SendAsync("stolen", "select_item", "bob", id, "plate");
        await SendAsync("bought", "purchase", "ann", null, "plate");
        var report = (await service.GetAsync(Path)).MustBe(HttpStatusCode.OK);

        Assert.Equal("1", report["all.impressions"]);
        Assert.Equal("1", report["all.clickThrough.value"]);
        Assert.Equal(answer["products.0.source"], report["sources.0.source"]);
        Assert.Equal("1", report["sources.0.clicks"]);
        Assert.Equal("1", report["sources.0.conversions"]);
        Assert.Equal("EUR", report["sources.0.revenue.0.currency"]);
        Assert.Equal("all", report["experiments.0.arms.0.name"]);
        Assert.Equal("1", report["experiments.0.arms.0.visitors"]);
        Assert.Equal("0", report["experiments.0.arms.1.visitors"]);
        Assert.Equal("1", report["uncounted.unreadable"]);
    }

    [Fact]
    public async Task An_arm_changes_the_answers_of_its_visitors()
    {
        await SendAsync("arm-1", "view_item", "arm-other", null, "arm-tent");
        await SendAsync("arm-2", "view_item", "arm-other", null, "arm-lamp");
        await SendAsync("arm-3", "view_item", "arm-me", null, "arm-tent");
        const string path = "/v1/recommendations?visitor=arm-me&k=1";
        Assert.Equal("sessions", (await service.GetAsync(path))["products.0.source"]);

        (await service.PutAsync("/v1/experiments", """
            {"experiments":[{"name":"calm","arms":[{"name":"all","share":100,
              "overrides":{"exploration":0,"sourceWeights":{"sessions":0,"trending":2}}}]}]}
            """)).MustBe(HttpStatusCode.OK);

        Assert.NotEqual("sessions", (await service.GetAsync(path))["products.0.source"]);
    }

    [Theory]
    [InlineData("0.3")]
    [InlineData("1")]
    public async Task A_confidence_that_means_nothing_is_refused(string confidence) =>
        (await service.GetAsync($"{Path}?confidence={confidence}"))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");

    private async Task SendAsync(
        string id, string name, string visitor, string? list, string product)
    {
        var parameters = list is null ? "" : $$"""
            "parameters":{"item_list_id":"{{list}}"},
            """;
        var order = name == "purchase" ? $"\"orderId\":\"{id}\"," : "";
        (await service.PostAsync("/v1/events", $$$"""
            [{"specversion":"1.0","id":"{{{id}}}","source":"/test","type":"{{{name}}}",
              "time":"2026-03-01T11:00:00Z","data":{"visitorId":"{{{visitor}}}",
              {{{order}}}{{{parameters}}}
              "items":[{"productId":"{{{product}}}","price":5,"currency":"EUR"}]}}]
            """)).MustBe(HttpStatusCode.Accepted);
        await service.GetAsync("/v1/stats?wait=true");
    }
}
