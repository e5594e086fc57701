using System.Net;
using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

/// <summary>What each parameter of a list does, over HTTP. Each test has products and visitors of
/// its own.</summary>
public sealed class RecommendationParameterTests(ServiceFixture service)
    : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Bought_together_is_what_was_in_one_order()
    {
        await SendAsync(Event("together-1", "purchase", "together",
            """
            "orderId":"together","items":[{"productId":"together-tent"},
            {"productId":"together-peg"}]
            """));

        var answer = await service.GetAsync("/v1/products/together-tent/bought-together");

        Assert.Equal("together-peg", answer.MustBe(HttpStatusCode.OK)["products.0.productId"]);
        Assert.Equal("boughtTogether", answer["products.0.source"]);
        Assert.Equal("onScreen", answer["products.0.reason"]);
        Assert.Equal("together-tent", answer["products.0.because"]);
    }

    [Fact]
    public async Task A_product_that_is_excluded_does_not_come()
    {
        foreach (var id in new[] { "exclude-a", "exclude-b", "exclude-c" })
            await service.PutProductAsync(id);

        Assert.Equal(["exclude-c", "exclude-b"], await IdsAsync("/v1/new-arrivals?k=2"));
        Assert.Equal(["exclude-c"], (await IdsAsync(
            "/v1/new-arrivals?k=2&exclude=exclude-b&exclude=exclude-a"))[..1]);
        Assert.DoesNotContain("exclude-b", await IdsAsync(
            "/v1/new-arrivals?k=50&exclude=exclude-b&exclude=exclude-a"));
    }

    [Fact]
    public async Task Only_products_of_one_of_the_categories_come()
    {
        await PutAsync("category-tent", "camping");
        await PutAsync("category-sock", "socks");
        await PutAsync("category-ball", "balls");

        Assert.Equal(["category-sock"], await IdsAsync("/v1/new-arrivals?category=socks"));
        Assert.Equal(["category-ball", "category-tent"],
            (await IdsAsync("/v1/recommendations?category=camping&category=balls")).Order());
        Assert.Empty(await IdsAsync("/v1/trending?category=unheard-of"));
    }

    [Fact]
    public async Task The_regions_own_stock_decides()
    {
        await PutAsync("region-tent", "regional");
        await service.PostAsync("/v1/stock/region-tent/adjustments", """{"delta":1}""");
        await service.PostAsync("/v1/stock/region-tent/adjustments", """{"delta":-1}""");

        Assert.Empty(await IdsAsync("/v1/new-arrivals?category=regional"));
        Assert.Equal(["region-tent"],
            await IdsAsync("/v1/new-arrivals?category=regional&region=elsewhere"));
    }

    [Theory]
    [InlineData("product")]
    [InlineData("cart")]
    public async Task What_is_on_the_screen_or_in_the_cart_leads_to_what_goes_with_it(
        string parameter)
    {
        var (tent, lamp) = ($"{parameter}-tent", $"{parameter}-lamp");
        await SendAsync(
            View($"{parameter}-1", $"{parameter}-other", tent),
            View($"{parameter}-2", $"{parameter}-other", lamp));

        var answer = await service.GetAsync(
            $"/v1/recommendations?visitor={parameter}-me&{parameter}={tent}");

        Assert.Equal(lamp, answer.MustBe(HttpStatusCode.OK)["products.0.productId"]);
        Assert.Equal("onScreen", answer["products.0.reason"]);
        Assert.Equal(tent, answer["products.0.because"]);
        Assert.DoesNotContain(tent, IdsOf(answer));
    }

    [Fact]
    public async Task Of_the_visit_that_is_named_only_its_own_clicks_count()
    {
        await SendAsync(
            View("session-1", "session-a", "session-tent"),
            View("session-2", "session-a", "session-lamp"),
            View("session-3", "session-b", "session-shoe"),
            View("session-4", "session-b", "session-sock"),
            View("session-5", "session-me", "session-tent", "left"),
            View("session-6", "session-me", "session-shoe", "right"));

        const string path = "/v1/recommendations?visitor=session-me&k=1&session=";
        Assert.Equal(["session-lamp"], await IdsAsync(path + "left"));
        Assert.Equal(["session-sock"], await IdsAsync(path + "right"));
    }

    [Fact]
    public async Task What_was_shown_in_vain_goes_behind_unless_that_is_switched_off()
    {
        await SendAsync([
            View("rotate-1", "rotate-a", "rotate-tent"),
            View("rotate-2", "rotate-a", "rotate-lamp"),
            View("rotate-3", "rotate-b", "rotate-tent"),
            View("rotate-4", "rotate-b", "rotate-lamp"),
            View("rotate-5", "rotate-c", "rotate-tent"),
            View("rotate-6", "rotate-c", "rotate-rope"),
            View("rotate-7", "rotate-me", "rotate-tent")]);
        const string path = "/v1/recommendations?visitor=rotate-me&k=2&product=rotate-tent";
        var first = await service.GetAsync(path);
        Assert.Equal(["rotate-lamp", "rotate-rope"], IdsOf(first));

        for (var i = 0; i < 4; i++)
        {
            await SendAsync(Event($"rotate-shown-{i}", "view_item_list", "rotate-me", $$"""
                "parameters":{"item_list_id":"{{first["id"]}}"},
                "items":[{"productId":"rotate-lamp"}]
                """));
        }

        Assert.Equal(["rotate-rope", "rotate-lamp"], await IdsAsync(path));
        Assert.Equal(["rotate-lamp", "rotate-rope"], await IdsAsync(path + "&rotate=false"));
    }

    private static string View(string id, string visitor, string product, string? session = null) =>
        Event(id, "view_item", visitor,
            (session is null ? "" : $"\"sessionId\":\"{session}\",")
            + $$"""
            "items":[{"productId":"{{product}}"}]
            """);

    private static string Event(string id, string name, string visitor, string data) => $$$"""
        {"specversion":"1.0","id":"{{{id}}}","source":"/test","type":"{{{name}}}",
        "time":"2026-03-01T11:00:00Z","data":{"visitorId":"{{{visitor}}}",{{{data}}}}}
        """;

    private async Task SendAsync(params string[] events)
    {
        (await service.PostAsync("/v1/events", EventTexts.Batch(events)))
            .MustBe(HttpStatusCode.Accepted);
        await service.GetAsync("/v1/stats?wait=true");
    }

    private async Task PutAsync(string id, string category) =>
        (await service.PutAsync($"/v1/products/{id}", $$$"""
            {"title":"The {{{id}}}","categories":["{{{category}}}"],
             "price":{"amount":2.50,"currency":"EUR"}}
            """)).MustBe(HttpStatusCode.OK);

    private async Task<string[]> IdsAsync(string path) =>
        IdsOf((await service.GetAsync(path)).MustBe(HttpStatusCode.OK));

    private static string[] IdsOf(Answer answer) =>
        [.. answer.Json["products"]!.AsArray().Select(p => p!["productId"]!.ToString())];
}
