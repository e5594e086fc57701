using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Live;

public sealed class LiveEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact(Timeout = 30_000)]
    public async Task A_snapshot_holds_all_that_the_page_shows()
    {
        var ct = TestContext.Current.CancellationToken;
        await service.PutProductAsync("kiwi", units: 4);

        await using var stream = await OpenAsync("/v1/live", null, ct);
        var snapshot = await stream.NextAsync();

        Assert.Equal("snapshot", snapshot.EventType);
        var json = JsonNode.Parse(snapshot.Data)!.AsObject();
        foreach (var member in new[] { "time", "handled", "eventsPerSecond", "lag", "events",
            "sessions", "funnel", "trending", "orders", "cartsActive", "stock", "simulated" })
        {
            Assert.True(json.ContainsKey(member), member);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Snapshots_go_on_and_a_returning_subscriber_gets_a_newer_one()
    {
        var ct = TestContext.Current.CancellationToken;
        string last;
        await using (var stream = await OpenAsync("/v1/live", null, ct))
        {
            var first = await stream.NextAsync();
            last = (await stream.NextAsync()).EventId!;
            Assert.NotEqual(first.EventId, last);
        }

        await using var again = await OpenAsync("/v1/live", last, ct);

        Assert.True(long.Parse((await again.NextAsync()).EventId!) > long.Parse(last));
    }

    [Fact(Timeout = 30_000)]
    public async Task Changes_of_stock_and_price_are_told()
    {
        var ct = TestContext.Current.CancellationToken;
        await service.PutProductAsync("lime", 1);
        await using var stream = await OpenAsync("/v1/changes", null, ct);
        Assert.Equal("hello", (await stream.NextAsync()).EventType);

        await service.PutProductAsync("lime", 2);
        Assert.Contains("\"price\":{\"amount\":2,", await stream.FindAsync("lime"),
            StringComparison.Ordinal);

        await service.PostAsync("/v1/stock/lime/adjustments", """{"delta":6}""");
        Assert.Contains("\"available\":6", await stream.FindAsync("lime"),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_returning_subscriber_gets_only_the_newest_state_of_what_changed_meanwhile()
    {
        var ct = TestContext.Current.CancellationToken;
        await service.PutProductAsync("date", units: 1);
        string last;
        await using (var stream = await OpenAsync("/v1/changes", null, ct))
            last = (await stream.NextAsync()).EventId!;
        for (var i = 0; i < 3; i++)
            await service.PostAsync("/v1/stock/date/adjustments", """{"delta":1}""");
        await service.PutProductAsync("mango");

        await using var again = await OpenAsync("/v1/changes", last, ct);

        await again.NextAsync();
        Assert.Contains("\"available\":4", await again.FindAsync("date"),
            StringComparison.Ordinal);
        Assert.Contains("mango", (await again.NextAsync()).Data, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_subscriber_of_another_run_is_told_to_read_again()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var stream = await OpenAsync("/v1/changes", "1-5", ct);

        await stream.NextAsync();
        Assert.Equal("reset", (await stream.NextAsync()).EventType);
    }

    [Fact(Timeout = 30_000)]
    public async Task One_subscriber_too_many_is_refused()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("streamcommerce-live-").FullName;
        var settings = service.Settings(folder);
        await using (var host = await ServiceHost.StartAsync(settings with
        {
            Configuration = new Dictionary<string, string?>(settings.Configuration)
            {
                ["Api:SubscriberLimit"] = "2",
            },
        }, ct))
        {
            using var client = new HttpClient { BaseAddress = host.Address };
            foreach (var path in new[] { "/v1/live", "/v1/changes" })
            {
                using var first = await SubscribeAsync(client, path, ct);
                using var second = await SubscribeAsync(client, path, ct);
                using var third = await SubscribeAsync(client, path, ct);

                Assert.Equal(HttpStatusCode.OK, first.StatusCode);
                Assert.Equal(HttpStatusCode.OK, second.StatusCode);
                (await Answer.ReadAsync(third)).MustBeProblem(
                    HttpStatusCode.ServiceUnavailable, "unavailable");
                Assert.NotNull(third.Headers.RetryAfter);
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    private static Task<HttpResponseMessage> SubscribeAsync(
        HttpClient client, string path, CancellationToken ct) =>
        client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, ct);

    private async Task<Subscription> OpenAsync(
        string path, string? lastEventId, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await service.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, ct);
        return new Subscription(response, await response.Content.ReadAsStreamAsync(ct), ct);
    }

    private sealed class Subscription(
        HttpResponseMessage response, Stream stream, CancellationToken ct)
        : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _items =
            SseParser.Create(stream).EnumerateAsync(ct).GetAsyncEnumerator(ct);

        public async Task<SseItem<string>> NextAsync()
        {
            Assert.True(await _items.MoveNextAsync());
            return _items.Current;
        }

        /// <summary>The next change of a product.</summary>
        public async Task<string> FindAsync(string product)
        {
            while (true)
            {
                var item = await NextAsync();
                if (item.Data.Contains($"\"{product}\"", StringComparison.Ordinal))
                    return item.Data;
            }
        }

        public ValueTask DisposeAsync()
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
