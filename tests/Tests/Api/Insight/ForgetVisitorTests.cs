using System.Net;
using System.Text.Json.Nodes;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Insight;

public sealed class ForgetVisitorTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_visitor_is_forgotten_everywhere_and_the_answer_proves_it()
    {
        await service.PutProductAsync("jam", units: 5);
        await service.PostAsync("/v1/carts/emil/lines?visitor=emil",
            """{"productId":"jam","quantity":1}""");
        await SendAsync(EventTexts.View("emil-1", "emil", "jam"));

        var answer = await ForgetAsync("emil");

        answer.MustBe(HttpStatusCode.OK);
        Assert.Equal("true", answer["isForgotten"]);
        Assert.Equal("false", answer["hasReturned"]);
        var places = answer.Find("places")!.AsArray().ToDictionary(
            place => (string)place!["place"]!, place => (long)place!["removed"]!);
        // The cart's own event is told before the visitor is forgotten, too.
        Assert.Equal(2, places["profiles"]);
        Assert.Equal(1, places["visitors"]);
        Assert.Equal(1, places["carts"]);
        var stays = answer.Find("stays")!.AsArray().ToDictionary(
            one => (string)one!["place"]!, one => (string)one!["why"]!);
        Assert.Contains("for ever", stays["log"], StringComparison.Ordinal);
        Assert.Contains("customers", stays);
        Assert.Equal("0", $"{(await ProfileAsync("emil")).Count}");
        Assert.Equal("0", (await ForgetAsync("emil"))["places.0.removed"]);
    }

    [Fact]
    public async Task Who_comes_again_is_a_new_visitor()
    {
        await SendAsync(EventTexts.View("fritz-1", "fritz", "jam"));
        await ForgetAsync("fritz");

        await SendAsync(EventTexts.View("fritz-2", "fritz", "bread"));

        Assert.Equal("bread",
            (string)Assert.Single(await ProfileAsync("fritz"))!["productId"]!);
    }

    [Fact]
    public async Task An_id_that_is_too_long_is_no_visitors() => (await ForgetAsync(
        new string('x', 200))).MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");

    [Fact]
    public async Task A_restart_remembers_nobody_who_was_forgotten()
    {
        var folder = Directory.CreateTempSubdirectory("streamcommerce-forget-").FullName;
        try
        {
            var settings = service.Settings(folder);
            await using (var first = await ServiceHost.StartAsync(settings, default))
            {
                using var http = new HttpClient { BaseAddress = first.Address };
                await PostAsync(http, EventTexts.View("g-1", "gerda", "jam"));
                (await http.DeleteAsync("/v1/visitors/gerda")).EnsureSuccessStatusCode();
            }
            // All that is derived is gone: it is built from the log.
            Directory.Delete(Path.Combine(folder, "engine"), recursive: true);
            await using var second = await ServiceHost.StartAsync(settings, default);
            using var again = new HttpClient { BaseAddress = second.Address };
            await again.GetAsync("/v1/stats?wait=true");
            var profile = JsonNode.Parse(
                await again.GetStringAsync("/v1/visitors/gerda/profile"))!;

            Assert.Empty(profile["interactions"]!.AsArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<Answer> ForgetAsync(string visitor) =>
        service.SendAsync(HttpMethod.Delete, $"/v1/visitors/{visitor}", null, null);

    private async Task SendAsync(string e)
    {
        (await service.PostAsync("/v1/events", EventTexts.Batch(e)))
            .MustBe(HttpStatusCode.Accepted);
        await service.GetAsync("/v1/stats?wait=true");
    }

    private async Task<JsonArray> ProfileAsync(string visitor) =>
        (await service.GetAsync($"/v1/visitors/{visitor}/profile"))
            .Json["interactions"]!.AsArray();

    private static async Task PostAsync(HttpClient http, string e)
    {
        using var body = new StringContent(EventTexts.Batch(e), System.Text.Encoding.UTF8,
            "application/json");
        (await http.PostAsync("/v1/events", body)).EnsureSuccessStatusCode();
    }
}
