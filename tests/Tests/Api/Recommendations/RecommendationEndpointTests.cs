using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

public sealed class RecommendationEndpointTests(ServiceFixture service)
    : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Sold_out_products_do_not_shorten_the_answer()
    {
        await service.PutProductAsync("left-1", units: 1);
        await service.PutProductAsync("left-2", units: 1);
        var views = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            await service.PutProductAsync($"gone-{i}", units: 1);
            await service.PostAsync($"/v1/stock/gone-{i}/adjustments", """{"delta":-1}""");
            for (var n = 0; n < 30; n++)
                views.Add(EventTexts.View($"gone-{i}-{n}", $"gone-{i}-{n}", $"gone-{i}"));
        }
        foreach (var left in new[] { "left-1", "left-2" })
        {
            for (var n = 0; n < 20; n++)
                views.Add(EventTexts.View($"{left}-{n}", $"{left}-{n}", left));
        }
        await service.PostAsync("/v1/events", EventTexts.Batch(views));
        await service.GetAsync("/v1/stats?wait=true");

        var answer = await service.GetAsync("/v1/recommendations?visitor=nobody&k=2");

        Assert.Equal(["left-1", "left-2"],
            answer.Json["products"]!.AsArray().Select(p => p!["productId"]!.ToString()));
    }
}
