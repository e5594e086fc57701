using System.Net;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Sessions;

public sealed class SessionTests : GatewayTest
{
    protected override ValueTask<CosmosClient> ConnectAsync() =>
        ValueTask.FromResult(ClientOf(ReadRegion));

    [Fact]
    public async Task A_token_says_the_range_and_its_last_change()
    {
        var first = await Things.CreateItemAsync(new Thing("a", "p"), new("p"), null, Ct);
        var second = await Things.CreateItemAsync(new Thing("b", "p"), new("p"), null, Ct);

        Assert.Matches("^[01]:-1#1$", first.Headers.Session);
        Assert.Matches("^[01]:-1#2$", second.Headers.Session);
    }

    [Fact]
    public async Task A_replica_that_is_behind_shows_the_past_to_a_session_that_knows_no_better()
    {
        await PutAllAsync([new("a", "p", 1), new("b", "p", 1)]);
        Gateway.Hold(ReadRegion);
        await PutAllAsync([new("a", "p", 2), new("c", "p", 2)]);
        await Things.DeleteItemAsync<Thing>("b", new("p"), null, Ct);
        using var other = ClientOf(ReadRegion);
        var things = other.GetContainer("shop", "things");

        var read = await things.ReadItemAsync<Thing>("a", new("p"), null, Ct);
        using var pages = things.GetItemQueryIterator<Thing>("SELECT * FROM c");
        var ids = (await pages.ReadNextAsync(Ct)).Select(thing => thing.Id + thing.Size)
            .Concat(pages.HasMoreResults
                ? (await pages.ReadNextAsync(Ct)).Select(thing => thing.Id + thing.Size)
                : []);

        Assert.Equal(1, read.Resource.Size);
        Assert.Equal(["a1", "b1"], ids.Order(StringComparer.Ordinal));
        Gateway.Release(ReadRegion);
        Assert.Equal(2, (await things.ReadItemAsync<Thing>("a", new("p"), null, Ct)).Resource.Size);
    }

    [Fact]
    public async Task A_session_that_knows_more_is_told_so_and_reads_in_the_region_of_the_writes()
    {
        Gateway.Hold(ReadRegion);
        await PutAsync(new("a", "p", 1));
        Gateway.Requests.Clear();

        var read = await Things.ReadItemAsync<Thing>("a", new("p"), null, Ct);

        Assert.Equal(1, read.Resource.Size);
        var asked = Gateway.Requests.OfItems;
        Assert.Equal(404, asked[0].Status);
        Assert.Equal(ReadRegion, asked[0].Request.Region);
        Assert.Equal((200, Region), (asked[^1].Status, asked[^1].Request.Region));
    }

    [Fact]
    public async Task A_token_that_is_handed_on_lets_another_instance_read_what_was_written()
    {
        Gateway.Hold(ReadRegion);
        Gateway.Hold(Region);
        var made = await Things.CreateItemAsync(new Thing("a", "p", 1), new("p"), null, Ct);
        using var other = ClientOf(ReadRegion);
        var things = other.GetContainer("shop", "things");
        var session = new ItemRequestOptions { SessionToken = made.Headers.Session };

        var behind = await FailsAsync(() =>
            things.ReadItemAsync<Thing>("a", new("p"), session, Ct));
        Gateway.Release(Region);
        var read = await things.ReadItemAsync<Thing>("a", new("p"), session, Ct);

        Assert.Equal(HttpStatusCode.NotFound, behind.StatusCode);
        Assert.Equal(SubStatus.ReadSessionNotAvailable, behind.SubStatusCode);
        Assert.Equal(1, read.Resource.Size);
    }

    private CosmosClient ClientOf(string region) => Gateway.CreateClient(options =>
        options.ApplicationPreferredRegions = [region, Region]);
}
