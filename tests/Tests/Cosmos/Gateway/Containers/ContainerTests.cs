using System.Net;
using Microsoft.Azure.Cosmos;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

public sealed class ContainerTests : GatewayTest
{
    [Fact]
    public async Task Databases_and_containers_are_made_once_listed_and_deleted()
    {
        var again = await Client.CreateDatabaseIfNotExistsAsync("shop", cancellationToken: Ct);
        var made = await Shop.CreateContainerIfNotExistsAsync("more", "/id", null, null, Ct);
        var same = await Shop.CreateContainerIfNotExistsAsync("more", "/id", null, null, Ct);
        using var list = Shop.GetContainerQueryIterator<ContainerProperties>();
        var names = (await list.ReadNextAsync(Ct)).Select(container => container.Id);
        await made.Container.DeleteContainerAsync(null, Ct);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        Assert.Equal(["more", "things"], names.Order(StringComparer.Ordinal));
        var gone = await FailsAsync(() => made.Container.ReadContainerAsync(null, Ct));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_definition_is_kept_and_may_be_replaced_in_part()
    {
        var definition = new ContainerProperties("kept", "/a/b")
        {
            DefaultTimeToLive = 60,
            UniqueKeyPolicy = new() { UniqueKeys = { new() { Paths = { "/x", "/y" } } } },
            IndexingPolicy = new()
            {
                IncludedPaths = { new() { Path = "/x/?" } },
                ExcludedPaths = { new() { Path = "/*" } },
            },
        };
        Container container = await Shop.CreateContainerAsync(definition, cancellationToken: Ct);

        var read = (await container.ReadContainerAsync(null, Ct)).Resource;
        read.DefaultTimeToLive = -1;
        var replaced = (await container.ReplaceContainerAsync(read, null, Ct)).Resource;

        Assert.Equal("/a/b", read.PartitionKeyPath);
        Assert.Equal(["/x", "/y"], read.UniqueKeyPolicy.UniqueKeys.Single().Paths);
        Assert.Equal("/*", read.IndexingPolicy.ExcludedPaths.First().Path);
        Assert.Equal(-1, replaced.DefaultTimeToLive);
        var refused = await FailsAsync(() => container.ReplaceContainerAsync(
            new ContainerProperties("kept", "/other"), null, Ct));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Throughput_is_read_and_changed_and_scales_by_itself_if_told_so()
    {
        Container fixedly = await Shop.CreateContainerAsync("fixed", "/id", 500, null, Ct);
        Container scaling = await Shop.CreateContainerAsync(
            new ContainerProperties("scaling", "/id"),
            ThroughputProperties.CreateAutoscaleThroughput(4000), null, Ct);

        Assert.Equal(500, await fixedly.ReadThroughputAsync(Ct));
        await fixedly.ReplaceThroughputAsync(900, null, Ct);
        Assert.Equal(900, await fixedly.ReadThroughputAsync(Ct));
        await scaling.ReplaceThroughputAsync(
            ThroughputProperties.CreateAutoscaleThroughput(6000), null, Ct);
        var read = await scaling.ReadThroughputAsync(new RequestOptions(), Ct);
        Assert.Equal(6000, read.Resource.AutoscaleMaxThroughput);
        Assert.Null(await Things.ReadThroughputAsync(Ct));
    }

    [Fact]
    public async Task A_throughput_that_the_service_does_not_sell_is_refused()
    {
        var refused = await FailsAsync(() =>
            Shop.CreateContainerAsync("small", "/id", 100, null, Ct));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Every_item_lies_in_exactly_one_range()
    {
        await PutAllAsync(Enumerable.Range(0, 40).Select(i => new Thing($"i{i}", $"p{i}")));
        var ranges = await Things.GetFeedRangesAsync(Ct);
        var found = new List<string>();
        foreach (var range in ranges)
        {
            using var pages = Things.GetItemQueryIterator<Thing>(range, new("SELECT * FROM c"));
            while (pages.HasMoreResults)
            {
                found.AddRange((await pages.ReadNextAsync(Ct)).Select(thing => thing.Id));
            }
        }

        Assert.Equal(2, ranges.Count);
        Assert.Equal(40, found.Distinct().Count());
        Assert.Equal(40, found.Count);
    }

    [Theory]
    [InlineData("\"redmond", "22E342F38A486A088463DFF7838A5963")]
    [InlineData("\"", "32E9366E637A71B4E710384B2F4970A0")]
    [InlineData("true", "0E711127C5B5A8E4726AC6DD306A3E59")]
    [InlineData("{}", "11622DAA78F835834610ABE56EFF5CB5")]
    public void A_key_lies_where_the_service_puts_it(string key, string hash)
    {
        // Known answers of the SDK's own tests.
        Assert.Equal(
            hash,
            EffectivePartitionKey.Text(EffectivePartitionKey.Of(new PartitionKeyValue(key))));
    }

    [Fact]
    public async Task What_is_asked_of_a_container_that_is_not_there_is_not_found()
    {
        var missing = await FailsAsync(() =>
            Shop.GetContainer("missing").ReadItemAsync<Thing>("a", new("p"), null, Ct));

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
