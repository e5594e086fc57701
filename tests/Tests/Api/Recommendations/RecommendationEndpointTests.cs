using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

public sealed class RecommendationEndpointTests(ServiceFixture service)
    : IClassFixture<ServiceFixture>
{
    [Fact(Timeout = 60_000)]
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

        // What trends is ranked twice a second: the ranking may be one from before the views.
        string[] shown;
        do
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            shown = [.. IdsOf(await service.GetAsync("/v1/trending?k=2"))];
        }
        while (!shown.Contains("left-1"));

        Assert.Equal(["left-1", "left-2"], shown.Order());
    }

    [Fact]
    public async Task Pages_go_on_where_the_one_before_ended()
    {
        for (var i = 0; i < 5; i++) await service.PutProductAsync($"page-{i}", units: 1);
        var shown = new List<string>();
        var path = "/v1/new-arrivals?k=2";
        for (var after = ""; ;)
        {
            var page = await service.GetAsync(path + after);
            shown.AddRange(IdsOf(page));
            if (page.Json["next"] is not { } next) break;
            after = $"&after={next}";
        }

        Assert.Equal(["page-4", "page-3", "page-2", "page-1", "page-0"], shown.Take(5));
        Assert.Equal(shown.Distinct(), shown);
    }

    [Theory]
    [InlineData("/v1/recommendations?k=0", "k")]
    [InlineData("/v1/recommendations?k=51", "k")]
    [InlineData("/v1/recommendations?visitor=", "visitor")]
    [InlineData("/v1/recommendations?product=a&product=", "product")]
    [InlineData("/v1/trending?after=nonsense!", "after")]
    [InlineData("/v1/products/a/similar?category=", "category")]
    public async Task A_wrong_parameter_is_named(string path, string parameter)
    {
        var answer = await service.GetAsync(path);

        Assert.Equal(400, (int)answer.Status);
        Assert.Equal(parameter, answer.Json["errors"]![0]!["field"]!.ToString());
    }

    [Fact]
    public async Task Each_product_says_who_proposed_it_and_why()
    {
        await service.PutProductAsync("why-1", units: 1);
        await service.PutProductAsync("why-2", units: 1);
        await service.PostAsync("/v1/events", EventTexts.Batch([
            EventTexts.View("why-a", "why-other", "why-1"),
            EventTexts.View("why-b", "why-other", "why-2"),
            EventTexts.View("why-c", "why-me", "why-1")]));
        await service.GetAsync("/v1/stats?wait=true");

        var answer = await service.GetAsync("/v1/recommendations?visitor=why-me&k=1");

        var product = answer.Json["products"]![0]!;
        Assert.Equal("why-2", product["productId"]!.ToString());
        Assert.Equal("The why-2", product["title"]!.ToString());
        Assert.Equal("why-1", product["because"]!.ToString());
        Assert.Equal("The why-1", product["becauseTitle"]!.ToString());
        Assert.Equal("viewed", product["reason"]!.ToString());
    }

    private static IEnumerable<string> IdsOf(Answer answer) =>
        answer.Json["products"]!.AsArray().Select(p => p!["productId"]!.ToString());
}
