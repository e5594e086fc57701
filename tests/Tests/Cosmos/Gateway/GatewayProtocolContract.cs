using System.Net;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway;

/// <summary>What holds however a request comes.</summary>
public abstract class GatewayProtocolContract : GatewayTest
{
    [Fact]
    public async Task An_item_is_created_read_replaced_patched_and_deleted()
    {
        var made = await Things.CreateItemAsync(new Thing("a", "p", 1), new("p"), null, Ct);
        var read = await Things.ReadItemAsync<Thing>("a", new("p"), null, Ct);
        var replaced = await Things.ReplaceItemAsync(
            new Thing("a", "p", 2), "a", new("p"), null, Ct);
        var patched = await Things.PatchItemAsync<Thing>(
            "a", new("p"), [PatchOperation.Increment("/size", 3)], null, Ct);
        var deleted = await Things.DeleteItemAsync<Thing>("a", new("p"), null, Ct);

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(made.ETag, read.ETag);
        Assert.NotEqual(made.ETag, replaced.ETag);
        Assert.Equal(5, patched.Resource.Size);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        var gone = await FailsAsync(() => Things.ReadItemAsync<Thing>("a", new("p"), null, Ct));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData("ünï cødé")]
    [InlineData("50% off")]
    [InlineData("a+b&c=d")]
    public async Task An_id_and_a_key_may_hold_any_letter_that_is_allowed(string text)
    {
        await PutAsync(new Thing(text, text, 1));

        var read = await Things.ReadItemAsync<Thing>(text, new(text), null, Ct);

        Assert.Equal(new Thing(text, text, 1), read.Resource);
    }

    [Fact]
    public async Task A_batch_is_done_as_a_whole()
    {
        using var done = await Things.CreateTransactionalBatch(new("p"))
            .CreateItem(new Thing("a", "p", 1))
            .PatchItem("a", [PatchOperation.Increment("/size", 1)])
            .ReadItem("a")
            .ExecuteAsync(Ct);

        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(2, done.GetOperationResultAtIndex<Thing>(2).Resource.Size);
    }

    [Fact]
    public async Task A_query_over_all_partitions_is_ordered()
    {
        await PutAllAsync(Enumerable.Range(0, 20).Select(i =>
            new Thing($"i{i}", $"p{i}", i * 7 % 20)));

        var sizes = await QueryAsync<double>("SELECT VALUE c.size FROM c ORDER BY c.size DESC");

        Assert.Equal(Enumerable.Range(0, 20).Reverse().Select(i => (double)i), sizes);
    }

    [Fact]
    public async Task The_change_feed_tells_what_is_new()
    {
        await PutAllAsync([new Thing("a", "p"), new Thing("b", "q")]);
        using var feed = Things.GetChangeFeedIterator<Thing>(
            ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion);

        var told = new List<string>();
        for (var page = await feed.ReadNextAsync(Ct); page.StatusCode == HttpStatusCode.OK;
            page = await feed.ReadNextAsync(Ct))
        {
            told.AddRange(page.Select(thing => thing.Id));
        }

        Assert.Equal(["a", "b"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_is_lost_after_its_effect_leaves_the_effect()
    {
        var lost = false;
        Gateway.Faults = request =>
        {
            if (lost || request.Kind != RequestKind.CreateItem)
            {
                return null;
            }

            lost = true;
            return Fault.LostAfter(Loss.Disconnect);
        };

        await Assert.ThrowsAnyAsync<Exception>(() =>
            Things.CreateItemAsync(new Thing("a", "p", 1), new("p"), null, Ct));

        Assert.True(lost);
        Assert.Equal(1, (await Things.ReadItemAsync<Thing>("a", new("p"), null, Ct)).Resource.Size);
    }

    [Fact]
    public async Task Too_large_an_item_is_refused()
    {
        var large = new Thing("a", "p", Name: new string('x', 2 * 1024 * 1024));

        var refused = await FailsAsync(() =>
            Things.CreateItemAsync(large, new("p"), null, Ct));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }
}

public sealed class GatewayOverHandlerTests : GatewayProtocolContract;

public sealed class GatewayOverSocketTests : GatewayProtocolContract
{
    private CosmosGatewayServer? _server;

    protected override async ValueTask<CosmosClient> ConnectAsync()
    {
        _server = await CosmosGatewayServer.StartAsync(Gateway);
        return _server.CreateClient();
    }

    protected override async ValueTask DisconnectAsync() => await _server!.DisposeAsync();
}
