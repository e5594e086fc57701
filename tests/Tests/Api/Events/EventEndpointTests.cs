using System.IO.Compression;
using System.Net;
using System.Text;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Events;

public sealed class EventEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string One = "application/cloudevents+json";
    private const string Many = "application/cloudevents-batch+json";
    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";

    [Theory]
    [InlineData(One)]
    [InlineData(Json)]
    [InlineData("application/cloudevents+json; charset=utf-8")]
    public async Task One_event_is_accepted(string type)
    {
        var answer = await service.PostAsync("/v1/events", EventTexts.View($"one-{type}"), type);

        answer.MustBe(HttpStatusCode.Accepted);
        Assert.Equal("""{"accepted":1,"duplicates":0,"repeated":[],"refused":[]}""", answer.Text);
    }

    [Theory]
    [InlineData(Many)]
    [InlineData(Json)]
    public async Task A_batch_is_accepted(string type)
    {
        var answer = await service.PostAsync("/v1/events",
            EventTexts.Batch(EventTexts.View($"a-{type}"), EventTexts.View($"b-{type}")), type);

        Assert.Equal("2", answer.MustBe(HttpStatusCode.Accepted)["accepted"]);
    }

    [Fact]
    public async Task Events_one_a_line_are_accepted()
    {
        var answer = await service.PostAsync("/v1/events",
            $"{EventTexts.View("l1")}\n\n{EventTexts.View("l2")}\n", Lines);

        Assert.Equal("2", answer.MustBe(HttpStatusCode.Accepted)["accepted"]);
    }

    [Fact]
    public async Task A_packed_batch_is_accepted()
    {
        var answer = await service.SendAsync(HttpMethod.Post, "/v1/events",
            Pack(EventTexts.Batch(EventTexts.View("z1"))), Many, ("Content-Encoding", "gzip"));

        Assert.Equal("1", answer.MustBe(HttpStatusCode.Accepted)["accepted"]);
    }

    [Fact]
    public async Task A_small_body_that_unpacks_to_too_much_is_refused()
    {
        var answer = await service.SendAsync(HttpMethod.Post, "/v1/events",
            Pack(new string(' ', 9 * 1024 * 1024)), Many, ("Content-Encoding", "gzip"));

        answer.MustBeProblem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_body_that_says_it_is_packed_but_is_not_is_refused()
    {
        var answer = await service.PostAsync(
            "/v1/events", EventTexts.View("g"), One, ("Content-Encoding", "gzip"));

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal("The body is not gzip, but its Content-Encoding says so.", answer["detail"]);
    }

    [Theory]
    [InlineData("", One, "The body is empty; send one JSON object, a CloudEvent.")]
    [InlineData(" \n", Many, "The body is empty; send a JSON array of CloudEvents.")]
    [InlineData("{\"id\":", One, "The body ends in the middle of its JSON (line 1, byte 6).")]
    [InlineData("[{\"id\":", Many, "The body ends in the middle of its JSON (line 1, byte 7).")]
    public async Task A_body_that_ends_too_early_is_told_so(
        string body, string type, string detail)
    {
        var answer = await service.PostAsync("/v1/events", body, type);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.StartsWith(detail, answer["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_bad_event_is_listed_and_does_not_spoil_the_others()
    {
        var answer = await service.PostAsync("/v1/events", EventTexts.Batch(
            EventTexts.View("good-1"),
            EventTexts.View("bad").Replace("\"visitorId\":\"v\"", "\"visitorId\":\"\""),
            EventTexts.View("good-2"),
            EventTexts.Purchase("negative", "o", 1, -3)), Many);

        answer.MustBe(HttpStatusCode.Accepted);
        Assert.Equal("2", answer["accepted"]);
        Assert.Equal("1", answer["refused.0.index"]);
        Assert.Equal("bad", answer["refused.0.id"]);
        Assert.Equal("/data/visitorId", answer["refused.0.field"]);
        Assert.Equal("is required and must not be empty.", answer["refused.0.detail"]);
        Assert.Equal("3", answer["refused.1.index"]);
        Assert.Equal("/data/items/0/quantity", answer["refused.1.field"]);
    }

    [Fact]
    public async Task A_batch_of_bad_events_only_is_a_problem_that_lists_them()
    {
        var answer = await service.PostAsync("/v1/events", EventTexts.Batch(
            EventTexts.View("x").Replace("view_item", "teleport"),
            EventTexts.View("y").Replace("\"time\":\"2024", "\"time\":\"2924")), Many);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "events-refused");
        Assert.Equal("/type", answer["refused.0.field"]);
        Assert.Equal("/time", answer["refused.1.field"]);
    }

    [Fact]
    public async Task An_event_in_two_currencies_is_refused()
    {
        var mixed = EventTexts.Purchase("mixed", "o", 1, 1).Replace("}]",
            """},{"productId":"q","price":2,"currency":"USD"}]""", StringComparison.Ordinal);

        var answer = await service.PostAsync("/v1/events", mixed, One);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "events-refused");
        Assert.Equal("/data/items/1/currency", answer["refused.0.field"]);
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_is_refused_with_its_place()
    {
        var answer = await service.PostAsync("/v1/events",
            EventTexts.Purchase("t", "o", 1, 1).Replace("\"quantity\":1", "\"quantity\":\"many\""),
            One);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "events-refused");
        Assert.Equal("/data/items/0/quantity", answer["refused.0.field"]);
    }

    [Theory]
    [InlineData("{\"specversion\":", One)]
    [InlineData("[1,2", Many)]
    [InlineData("hello", Json)]
    [InlineData("", Json)]
    [InlineData("[{}] {}", Many)]
    public async Task A_body_that_is_no_json_is_refused_whole(string body, string type)
    {
        var answer = await service.PostAsync("/v1/events", body, type);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
    }

    [Fact]
    public async Task A_body_of_over_8_MiB_is_refused()
    {
        var answer = await service.PostAsync(
            "/v1/events", new string(' ', (8 * 1024 * 1024) + 1), Lines);

        answer.MustBeProblem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_body_of_nearly_8_MiB_is_read()
    {
        var padded = EventTexts.View("padded") + new string('\n', (8 * 1024 * 1024) - 1_000);

        var answer = await service.PostAsync("/v1/events", padded, Lines);

        Assert.Equal("1", answer.MustBe(HttpStatusCode.Accepted)["accepted"]);
    }

    [Fact]
    public async Task A_batch_of_too_many_events_is_refused_whole()
    {
        var answer = await service.PostAsync("/v1/events", EventTexts.Batch(
            Enumerable.Range(0, 1_001).Select(i => EventTexts.View($"many-{i}"))), Many);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Contains("1000", answer["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    public async Task Another_content_type_is_refused_and_told_which_there_are(string type)
    {
        var answer = await service.PostAsync("/v1/events", "x", type);

        answer.MustBeProblem(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        foreach (var known in new[] { One, Many, Json, Lines })
            Assert.Contains(known, answer["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_event_counts_once()
    {
        var repeated = EventTexts.View("again", visitor: "repeater");
        var before = await service.GetAsync("/v1/stats?wait=true");

        var answer = await service.PostAsync(
            "/v1/events", EventTexts.Batch(repeated, repeated), Many);
        await service.PostAsync("/v1/events", repeated, One);

        Assert.Equal("1", answer["accepted"]);
        Assert.Equal("1", answer["duplicates"]);
        Assert.Equal("1", answer["repeated.0.index"]);
        Assert.Equal("again", answer["repeated.0.id"]);
        var after = await service.GetAsync("/v1/stats?wait=true");
        Assert.Equal(Count(before, "events.view_item") + 1, Count(after, "events.view_item"));
        Assert.Equal(Count(before, "repeated") + 1, Count(after, "repeated"));
    }

    private static long Count(Answer stats, string path) =>
        long.Parse(stats[path]!, System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
