using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.ChangeFeed;

public sealed class ChangeFeedTests : GatewayTest
{
    [Fact]
    public async Task Of_an_item_that_changed_twice_only_the_newest_version_is_told()
    {
        await PutAllAsync([new("a", "p", 1), new("b", "p", 1), new("a", "p", 2)]);

        var (told, _) = await ReadAsync(ChangeFeedStartFrom.Beginning());

        Assert.Equal(["b1", "a2"], told);
    }

    [Fact]
    public async Task A_reader_goes_on_where_it_was()
    {
        await PutAllAsync([new("a", "p", 1), new("b", "q", 1)]);
        var (_, token) = await ReadAsync(ChangeFeedStartFrom.Beginning());

        var (nothing, same) = await ReadAsync(ChangeFeedStartFrom.ContinuationToken(token));
        await PutAsync(new("c", "r", 1));
        var (told, _) = await ReadAsync(ChangeFeedStartFrom.ContinuationToken(same));

        Assert.Empty(nothing);
        Assert.Equal(["c1"], told);
    }

    [Fact]
    public async Task A_reader_that_begins_now_is_told_only_of_what_comes()
    {
        await PutAsync(new("a", "p", 1));
        var (nothing, token) = await ReadAsync(ChangeFeedStartFrom.Now());
        await PutAllAsync([new("b", "q", 1), new("c", "r", 1)]);

        var (told, _) = await ReadAsync(ChangeFeedStartFrom.ContinuationToken(token));

        Assert.Empty(nothing);
        Assert.Equal(["b1", "c1"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_reader_may_begin_at_a_time()
    {
        await PutAsync(new("a", "p", 1));
        Time.Advance(TimeSpan.FromMinutes(1));
        var moment = Time.GetUtcNow().UtcDateTime;
        await PutAsync(new("b", "q", 1));

        var (told, _) = await ReadAsync(ChangeFeedStartFrom.Time(moment));

        Assert.Equal(["b1"], told);
    }

    [Fact]
    public async Task A_reader_may_read_one_range_or_one_key()
    {
        await PutAllAsync(Enumerable.Range(0, 20).Select(i => new Thing($"i{i}", $"p{i}", 1)));
        var all = new List<string>();
        foreach (var range in await Things.GetFeedRangesAsync(Ct))
        {
            var (told, _) = await ReadAsync(ChangeFeedStartFrom.Beginning(range));
            Assert.NotEmpty(told);
            all.AddRange(told);
        }

        var (one, _) = await ReadAsync(
            ChangeFeedStartFrom.Beginning(FeedRange.FromPartitionKey(new("p7"))));

        Assert.Equal(20, all.Distinct().Count());
        Assert.Equal(20, all.Count);
        Assert.Equal(["i71"], one);
    }

    [Fact]
    public async Task What_one_transaction_changed_is_told_on_one_page()
    {
        await PutAsync(new("first", "p", 0));
        using var done = await Things.CreateTransactionalBatch(new("p"))
            .CreateItem(new Thing("a", "p")).CreateItem(new Thing("b", "p"))
            .CreateItem(new Thing("c", "p")).ExecuteAsync(Ct);
        await PutAsync(new("last", "p", 0));
        using var feed = Things.GetChangeFeedIterator<JsonElement>(
            ChangeFeedStartFrom.Beginning(FeedRange.FromPartitionKey(new("p"))),
            ChangeFeedMode.LatestVersion, new ChangeFeedRequestOptions { PageSizeHint = 2 });

        var page = await feed.ReadNextAsync(Ct);

        Assert.Equal(
            ["first", "a", "b", "c"],
            page.Select(item => item.GetProperty("id").GetString()));
        Assert.Equal([1, 2, 2, 2], page.Select(item => item.GetProperty("_lsn").GetInt32()));
    }

    [Fact]
    public async Task What_is_deleted_is_not_told()
    {
        await PutAllAsync([new("a", "p", 1), new("b", "p", 1)]);
        await Things.DeleteItemAsync<Thing>("a", new("p"), null, Ct);

        Assert.Equal(["b1"], (await ReadAsync(ChangeFeedStartFrom.Beginning())).Told);
    }

    [Fact]
    public async Task A_change_feed_processor_is_told_of_every_item_once()
    {
        Container leases = await Shop.CreateContainerAsync("leases", "/id", null, null, Ct);
        await PutAllAsync(Enumerable.Range(0, 10).Select(i => new Thing($"i{i}", $"p{i}", 1)));
        var told = new ConcurrentQueue<string>();
        using var all = new SemaphoreSlim(0);
        var processor = Things
            .GetChangeFeedProcessorBuilder<Thing>("test", (things, _) =>
            {
                foreach (var thing in things)
                {
                    told.Enqueue(thing.Id);
                    all.Release();
                }

                return Task.CompletedTask;
            })
            .WithInstanceName("one")
            .WithLeaseContainer(leases)
            .WithPollInterval(TimeSpan.FromMilliseconds(5))
            .WithStartTime(DateTime.MinValue.ToUniversalTime())
            .Build();

        await processor.StartAsync();
        await WaitAsync(all, 10);
        await PutAllAsync(Enumerable.Range(10, 5).Select(i => new Thing($"i{i}", $"p{i}", 1)));
        await WaitAsync(all, 5);
        await processor.StopAsync();

        Assert.Equal(
            Enumerable.Range(0, 15).Select(i => $"i{i}").Order(StringComparer.Ordinal),
            told.Order(StringComparer.Ordinal));
    }

    private static async Task WaitAsync(SemaphoreSlim told, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(await told.WaitAsync(TimeSpan.FromSeconds(20), Ct), "nothing is told");
        }
    }

    private async Task<(List<string> Told, string Token)> ReadAsync(ChangeFeedStartFrom start)
    {
        using var feed = Things.GetChangeFeedIterator<Thing>(start, ChangeFeedMode.LatestVersion);
        var told = new List<string>();
        while (true)
        {
            var page = await feed.ReadNextAsync(Ct);
            if (page.StatusCode == HttpStatusCode.NotModified)
            {
                return (told, page.ContinuationToken);
            }

            told.AddRange(page.Select(thing => thing.Id + thing.Size));
        }
    }
}
