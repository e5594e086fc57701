using System.Net;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

public sealed class MetricsEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Path = "/v1/recommendations/metrics";

    [Fact]
    public async Task Impressions_and_clicks_come_back_by_source_and_by_arm()
    {
        (await service.PutAsync("/v1/experiments", """
            {"experiments":[{"name":"e","arms":[
              {"name":"control","share":50},{"name":"other","share":50}]}]}
            """)).MustBe(HttpStatusCode.OK);
        var id = AnswerLabel.Write(new("ann"), TimeProvider.System.GetUtcNow(), 1,
            [new ArmName("e", "other").Tag],
            [new(new("mug"), RecommendationSource.SeenTogether),
            new(new("plate"), RecommendationSource.Trending)]);

        await SendAsync("shown", "view_item_list", "ann", id,
            """{"productId":"mug"},{"productId":"plate"}""");
        await SendAsync("clicked", "select_item", "ann", id, """{"productId":"mug"}""");
        await SendAsync("stolen", "select_item", "bob", id, """{"productId":"mug"}""");
        await service.GetAsync("/v1/stats?wait=true");
        var report = (await service.GetAsync(Path)).MustBe(HttpStatusCode.OK);

        Assert.Equal("2", report["all.impressions"]);
        Assert.Equal("0.5", report["all.clickThrough.value"]);
        Assert.Equal("seenTogether", report["sources.0.source"]);
        Assert.Equal("1", report["sources.0.clicks"]);
        Assert.Equal("trending", report["sources.1.source"]);
        Assert.Equal("0", report["sources.1.clicks"]);
        Assert.Equal("other", report["experiments.0.arms.1.name"]);
        Assert.Equal("1", report["experiments.0.arms.1.visitors"]);
        Assert.Equal("0", report["experiments.0.arms.0.visitors"]);
        Assert.Equal("1", report["uncounted.unreadable"]);
    }

    [Theory]
    [InlineData("0.3")]
    [InlineData("1")]
    public async Task A_confidence_that_means_nothing_is_refused(string confidence) =>
        (await service.GetAsync($"{Path}?confidence={confidence}"))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");

    private async Task SendAsync(
        string id, string name, string visitor, string list, string items) =>
        (await service.PostAsync("/v1/events", $$$"""
            [{"specversion":"1.0","id":"{{{id}}}","source":"/test","type":"{{{name}}}",
              "time":"2026-03-01T11:00:00Z","data":{"visitorId":"{{{visitor}}}",
              "parameters":{"item_list_id":"{{{list}}}"},"items":[{{{items}}}]}}]
            """)).MustBe(HttpStatusCode.Accepted);
}
