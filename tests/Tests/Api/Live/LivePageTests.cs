using System.Net;
using Microsoft.Playwright;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Live;

/// <summary>What a browser makes of the page; each wait for it ends after 30 s.</summary>
public sealed class LivePageTests(ServiceFixture service, Browser browser)
    : IClassFixture<ServiceFixture>, IClassFixture<Browser>
{
    [Fact]
    public async Task An_empty_shop_fills_up_while_one_looks()
    {
        await using var shop = new ServiceFixture();
        await shop.InitializeAsync();
        await shop.PutProductAsync("quince");
        await using var live = await browser.OpenAsync(shop.Host.Address);
        await live.WaitForAsync("#orders", "No orders yet.");
        await live.WaitForAsync("#trending-none", "No product was looked at yet.");

        await PostEventAsync(shop, EventTexts.View("page-view", "page-visitor", "quince"));
        await PostEventAsync(shop, EventTexts.Purchase("page-buy", "page-order", 2.50m, 1));

        await live.WaitForAsync("#handled", "2");
        await live.WaitForAsync("#purchases", "1");
        await Row(live, "view_item").GetByText("1", new() { Exact = true }).WaitForAsync();
        await LabelAsync(live, "#trending-chart", "Trending: .*The quince");
        await LabelAsync(live, "#funnel-chart", "view_item 1,");
        Assert.Empty(live.Errors);
    }

    [Fact]
    public async Task An_order_and_the_stock_that_it_took_show_up_while_one_looks()
    {
        await service.PutProductAsync("medlar", 3.20m, units: 9);
        await using var live = await browser.OpenAsync(service.Host.Address);

        await OrderAsync("medlar", 2, "medlar-buyer");

        await live.WaitForAsync("#orders", "2 × The medlar");
        await live.WaitForAsync("#orders", "€6.40");
        await Stock(live, "The medlar").GetByText("7", new() { Exact = true }).WaitForAsync();
        await service.PostAsync("/v1/stock/medlar/adjustments", """{"delta":30}""");
        await Stock(live, "The medlar").GetByText("37", new() { Exact = true }).WaitForAsync();
        Assert.Empty(live.Errors);
    }

    [Fact]
    public async Task A_recommendation_says_by_title_what_led_to_it()
    {
        await service.PutProductAsync("fig");
        await service.PutProductAsync("plum");
        for (var i = 0; i < 3; i++)
        {
            await PostEventAsync(service, EventTexts.View($"both-fig-{i}", $"both-{i}", "fig"));
            await PostEventAsync(service, EventTexts.View($"both-plum-{i}", $"both-{i}", "plum"));
        }
        await PostEventAsync(service, EventTexts.View("only-fig", "fig-lover", "fig"));
        await using var live = await browser.OpenAsync(service.Host.Address);

        await live.Page.GetByLabel("for visitor").FillAsync("fig-lover");

        await live.WaitForAsync("#recommendations", "The plum");
        await live.WaitForAsync("#recommendations", "because of The fig");
    }

    [Fact]
    public async Task What_is_recommended_because_it_is_new_says_so()
    {
        await using var shop = new ServiceFixture();
        await shop.InitializeAsync();
        await shop.PutProductAsync("loquat");
        await using var live = await browser.OpenAsync(shop.Host.Address);

        await live.Page.GetByLabel("for visitor").FillAsync("somebody");

        await live.WaitForAsync("#recommendations", "The loquat");
        await live.WaitForAsync("#recommendations", "new in the shop");
        Assert.DoesNotContain("trending", await live.Page.Locator("#recommendations")
            .InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(live.Errors);
    }

    [Fact]
    public async Task What_recommendations_come_to_shows_up_by_source_and_by_arm()
    {
        await using var shop = new ServiceFixture();
        await shop.InitializeAsync();
        await shop.PutAsync("/v1/experiments", """
            {"experiments":[{"name":"variety","arms":[{"name":"control","share":50},
              {"name":"a name that is much longer than there is room for","share":50}]}]}
            """);
        await using var live = await browser.OpenAsync(shop.Host.Address, width: 360);
        await live.WaitForAsync("#success-none", "No recommendation was shown yet.");
        var id = AnswerLabel.Write(new("v"), TimeProvider.System.GetUtcNow(), 1,
            [new ArmName("variety", "control").Tag],
            [new(new("p"), RecommendationSource.Trending)]);

        foreach (var name in new[] { "view_item_list", "select_item" })
        {
            await PostEventAsync(shop, EventTexts.View(name, "v", "p")
                .Replace("view_item", name, StringComparison.Ordinal)
                .Replace("\"items\"", $"\"parameters\":{{\"item_list_id\":\"{id}\"}},\"items\"",
                    StringComparison.Ordinal));
        }

        await live.WaitForAsync("#success", "trending");
        await live.WaitForAsync("#success", "100 %");
        await live.WaitForAsync("#experiments", "control");
        Assert.True(await live.Page.EvaluateAsync<bool>(
            "document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(live.Errors);
    }

    [Fact]
    public async Task A_title_is_shown_as_text_whatever_it_holds()
    {
        const string Title = "<img src=x onerror=\"window.hurt=true\"><b>Bold</b>";
        await service.PutAsync("/v1/products/evil", $$"""
            {"price":{"amount":1,"currency":"EUR"},
             "title":{{System.Text.Json.JsonSerializer.Serialize(Title)}}
            }
            """);
        await service.PostAsync("/v1/stock/evil/adjustments", """{"delta":5}""");
        await using var live = await browser.OpenAsync(service.Host.Address);

        await OrderAsync("evil", 1, "evil-buyer");
        await PostEventAsync(service, EventTexts.View("evil-view", "evil-buyer", "evil"));

        await live.WaitForAsync("#orders", Title);
        await live.WaitForAsync("#stock", Title);
        await LabelAsync(live, "#trending-chart", "onerror");
        // Its tooltip is the one part that the chart library could write as HTML.
        await live.Page.HoverAsync("#trending-chart");
        await live.Page.EvaluateAsync(
            "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
        Assert.Equal(0, await live.Page.Locator("main img, main td b").CountAsync());
        Assert.True(await live.Page.EvaluateAsync<bool>("window.hurt === undefined"));
        Assert.Empty(live.Errors);
    }

    [Fact]
    public async Task The_page_asks_no_other_host_and_breaks_no_rule_of_its_policy()
    {
        await using var live = await browser.OpenAsync(service.Host.Address);
        await live.Page.Locator("#rate-chart canvas").WaitForAsync();
        await live.Page.HoverAsync("#rate-chart");

        await live.Page.GotoAsync(new Uri(service.Host.Address, "/docs").ToString());
        await live.Page.GetByText("Appends events to the log").WaitForAsync();

        Assert.Equal(
            [service.Host.Address.GetLeftPart(UriPartial.Authority)], live.Origins);
        Assert.Empty(live.Errors);
    }

    [Fact]
    public async Task Nothing_is_cut_off_on_a_phone()
    {
        await service.PutProductAsync(new string('m', 60), units: 3);
        await using var live = await browser.OpenAsync(service.Host.Address, width: 360);
        await OrderAsync(new string('m', 60), 1, "phone-buyer");
        await live.WaitForAsync("#orders", "mmm");

        Assert.True(await live.Page.EvaluateAsync<bool>(
            "document.documentElement.scrollWidth <= innerWidth"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lost_connection_is_told_and_the_page_goes_on_when_the_service_is_back()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("streamcommerce-page-").FullName;
        try
        {
            var first = await ServiceHost.StartAsync(service.Settings(folder), ct);
            var address = first.Address;
            try
            {
                await using var live = await browser.OpenAsync(address);
                await first.DisposeAsync();
                await live.WaitForAsync("#connection", "connection lost");

                await using var second = await ServiceHost.StartAsync(
                    service.Settings(folder) with { Urls = address.ToString() }, ct);
                await live.WaitForAsync("#connection", "live");
                Assert.DoesNotContain("stale", await live.Page.Locator("#shop")
                    .GetAttributeAsync("class") ?? "", StringComparison.Ordinal);
            }
            finally
            {
                await first.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task PostEventAsync(ServiceFixture to, string text) =>
        (await to.PostAsync("/v1/events", text)).MustBe(HttpStatusCode.Accepted);

    private async Task OrderAsync(string product, int quantity, string visitor) =>
        (await service.PostAsync("/v1/checkout", $$"""
            {"visitorId":"{{visitor}}","currency":"EUR","payment":{"token":"tok_visa"},
             "lines":[{"productId":"{{product}}","quantity":{{quantity}}}]}
            """, headers: ("Idempotency-Key", visitor))).MustBe(HttpStatusCode.Created);

    private static ILocator Row(LivePage live, string name) =>
        live.Page.Locator("#events tr").Filter(new()
        {
            Has = live.Page.GetByText(name, new() { Exact = true }),
        });

    private static ILocator Stock(LivePage live, string title) =>
        live.Page.Locator("#stock tr").Filter(new() { HasText = title });

    private static Task LabelAsync(LivePage live, string chart, string pattern) =>
        Assertions.Expect(live.Page.Locator(chart)).ToHaveAttributeAsync(
            "aria-label", new System.Text.RegularExpressions.Regex(pattern),
            new() { Timeout = 30_000 });
}
