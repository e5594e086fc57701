using System.Net;
using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Insight;

/// <summary>What can be asked after some visits; the service is this class's own.</summary>
public sealed class InsightEndpointTests(ServiceFixture service)
    : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        // The same ids for every test of the class: they count once.
        await service.PutProductAsync("jam", units: 5);
        await service.PutProductAsync("sold-out");
        await service.PostAsync("/v1/stock/sold-out/adjustments", """{"delta":1}""",
            headers: ("Idempotency-Key", "in"));
        await service.PostAsync("/v1/stock/sold-out/adjustments", """{"delta":-1}""",
            headers: ("Idempotency-Key", "out"));
        var answer = await service.PostAsync("/v1/events", EventTexts.Batch([
            .. Visits("anna", "jam", "bread", "sold-out"),
            .. Visits("bert", "jam", "bread", "sold-out"),
            .. Visits("carl", "jam"),
            EventTexts.Purchase("p1", "o1", 2.5m, 4, visitor: "dora"),
            EventTexts.Purchase("p2", "o2", 1m, 1, "EUR", "Eire", visitor: "dora"),
        ]));
        answer.MustBe(HttpStatusCode.Accepted);
        (await service.GetAsync("/v1/stats?wait=true")).MustBe(HttpStatusCode.OK);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Sums_equal_those_of_the_events()
    {
        var stats = await service.GetAsync("/v1/stats?wait=true");

        stats.MustBe(HttpStatusCode.OK);
        Assert.Equal("7", stats["events.view_item"]);
        Assert.Equal("2", stats["events.purchase"]);
        Assert.Equal("9", stats.Find("sources")!["/test"]!.ToString());
        Assert.Equal("2", stats["orders"]);
        Assert.Equal("1", stats["customers"]);
        Assert.Equal("4", stats["visitors"]);
        Assert.Equal("4", stats["products"]);
        Assert.Equal("0", stats["deadLetters"]);
        Assert.Equal("0", stats["lag"]);
        Assert.Equal("2011-11", stats["revenueByMonth.0.month"]);
        Assert.Equal("""{"amount":1,"currency":"EUR"}""",
            stats.Find("revenueByMonth.0.purchased")!.ToJsonString());
        Assert.Equal("""{"amount":10.0,"currency":"GBP"}""",
            stats.Find("revenueByMonth.1.purchased")!.ToJsonString());
        Assert.Equal("Eire", stats["revenueByRegion.0.region"]);
    }

    [Fact]
    public async Task The_funnel_begins_with_the_views()
    {
        var funnel = await service.GetAsync("/v1/funnels/live");

        Assert.Equal("view_item", funnel.MustBe(HttpStatusCode.OK)["steps.0.event"]);
        Assert.Equal("3", funnel["steps.0.sessions"]);
        Assert.Equal("6", funnel.Find("steps")!.AsArray().Count.ToString());
    }

    [Fact]
    public async Task The_funnel_of_the_last_day_leaves_old_sessions_out()
    {
        var funnel = await service.GetAsync("/v1/funnels/live?window=24h");

        Assert.Equal("0", funnel.MustBe(HttpStatusCode.OK)["steps.0.sessions"]);
    }

    [Fact]
    public async Task What_is_viewed_most_trends_first()
    {
        var trending = await service.GetAsync("/v1/trending?k=1");

        Assert.Equal("jam", trending.MustBe(HttpStatusCode.OK)["products.0.productId"]);
        Assert.Equal("The jam", trending["products.0.title"]);
        Assert.Single(trending.Find("products")!.AsArray());
    }

    [Fact]
    public async Task A_visitor_gets_what_others_saw_with_it_but_nothing_sold_out()
    {
        var answer = await service.GetAsync("/v1/recommendations?visitor=carl&k=5");

        Assert.Equal("bread", answer.MustBe(HttpStatusCode.OK)["products.0.productId"]);
        Assert.Equal("jam", answer["products.0.because"]);
        Assert.DoesNotContain("sold-out", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Similar_products_were_seen_together()
    {
        var answer = await service.GetAsync("/v1/products/jam/similar?k=3");

        Assert.Equal(["bread"], answer.MustBe(HttpStatusCode.OK).Json["products"]!.AsArray()
            .Select(product => product!["productId"]!.ToString()));
    }

    [Fact]
    public async Task A_profile_shows_the_newest_interaction_first()
    {
        var answer = await service.GetAsync("/v1/visitors/anna/profile");

        Assert.Equal(["sold-out", "bread", "jam"], answer.Json["interactions"]!.AsArray()
            .Select(interaction => interaction!["productId"]!.ToString()));
    }

    [Fact]
    public async Task An_unknown_visitor_has_an_empty_profile()
    {
        var answer = await service.GetAsync("/v1/visitors/nobody/profile");

        Assert.Equal("""{"visitorId":"nobody","interactions":[]}""",
            answer.MustBe(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task A_products_activity_is_counted()
    {
        var answer = await service.GetAsync("/v1/products/jam/activity");

        Assert.Equal("3", answer.MustBe(HttpStatusCode.OK)["views"]);
    }

    private static IEnumerable<string> Visits(string visitor, params string[] products) =>
        products.Select((product, i) => EventTexts.View(
            $"{visitor}-{product}", visitor, product, $"2024-05-01T10:0{i}:00Z"));
}
