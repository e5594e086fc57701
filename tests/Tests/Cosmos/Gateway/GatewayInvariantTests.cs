using System.Net;
using System.Text.Json;
using FsCheck.Xunit;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway;

/// <summary>Holds the account against the simplest thing that it should be like: a table.</summary>
public sealed class GatewayInvariantTests
{
    private const int Operations = 60;
    private static readonly string[] Keys = ["p", "q", "r"];
    private static readonly string[] Ids = ["a", "b", "c"];

    [Property(MaxTest = 12)]
    public async Task Whatever_is_done_an_account_is_as_a_table_of_the_same(int seed)
    {
        var random = new Random(seed);
        var gateway = new CosmosGateway(new FakeTimeProvider());
        using var client = gateway.CreateClient();
        Database shop = await client.CreateDatabaseAsync("shop");
        Container things = await shop.CreateContainerAsync("things", "/pk");
        var table = new Dictionary<(string Key, string Id), double>();
        var changed = new List<(string Key, string Id)>();

        for (var i = 0; i < Operations; i++)
        {
            var (key, id) = (Keys[random.Next(3)], Ids[random.Next(3)]);
            var isThere = table.TryGetValue((key, id), out var before);
            var (status, after) = await DoAsync(
                things, random.Next(6), new Thing(id, key, random.Next(5)), isThere, before);

            Assert.Equal(status.Expected, status.Actual);
            if ((int)status.Actual >= 400)
            {
                continue;
            }

            changed.Remove((key, id));
            if (after is { } size)
            {
                table[(key, id)] = size;
                changed.Add((key, id));
            }
            else
            {
                table.Remove((key, id));
            }
        }

        await AssertSameAsync(things, table, changed);
    }

    [Fact]
    public async Task However_many_reserve_at_once_no_unit_is_given_twice()
    {
        const int Units = 40;
        var gateway = new CosmosGateway(new FakeTimeProvider());
        using var client = gateway.CreateClient();
        Database shop = await client.CreateDatabaseAsync("shop");
        Container things = await shop.CreateContainerAsync("things", "/pk");
        await things.CreateItemAsync(new Thing("share", "p", Units), new("p"));

        var reserved = await Task.WhenAll(Enumerable.Range(0, 8).Select(buyer => Task.Run(
            async () =>
            {
                var count = 0;
                for (var i = 0; i < 10; i++)
                {
                    using var answer = await things.CreateTransactionalBatch(new("p"))
                        .CreateItem(new Thing($"entry{buyer}-{i}", "p"))
                        .PatchItem(
                            "share", [PatchOperation.Increment("/size", -1)],
                            new TransactionalBatchPatchItemRequestOptions
                            {
                                FilterPredicate = "from c where c.size >= 1",
                            })
                        .ExecuteAsync();
                    count += answer.IsSuccessStatusCode ? 1 : 0;
                }

                return count;
            })));

        Assert.Equal(Units, reserved.Sum());
        Assert.Equal(0, (await things.ReadItemAsync<Thing>("share", new("p"))).Resource.Size);
        using var pages = things.GetItemQueryIterator<int>(
            "SELECT VALUE COUNT(1) FROM c WHERE STARTSWITH(c.id, 'entry')");
        Assert.Equal(Units, (await pages.ReadNextAsync()).Single());
    }

    /// <returns>The status that came and the one that should, and the size that is there
    /// afterwards.</returns>
    private static async Task<((HttpStatusCode Actual, HttpStatusCode Expected), double? After)>
        DoAsync(Container things, int what, Thing thing, bool isThere, double before)
    {
        var key = new PartitionKey(thing.Pk);
        switch (what)
        {
            case 0:
                using (var body = Body(thing))
                {
                    var made = await things.CreateItemStreamAsync(body, key);
                    return ((made.StatusCode, isThere ? (HttpStatusCode)409 : (HttpStatusCode)201),
                        thing.Size);
                }

            case 1:
                using (var body = Body(thing))
                {
                    var put = await things.UpsertItemStreamAsync(body, key);
                    return ((put.StatusCode, isThere ? (HttpStatusCode)200 : (HttpStatusCode)201),
                        thing.Size);
                }

            case 2:
                using (var body = Body(thing))
                {
                    var replaced = await things.ReplaceItemStreamAsync(body, thing.Id, key);
                    return ((replaced.StatusCode, Found(200)), thing.Size);
                }

            case 3:
                var deleted = await things.DeleteItemStreamAsync(thing.Id, key);
                return ((deleted.StatusCode, Found(204)), null);
            case 4:
                var patched = await things.PatchItemStreamAsync(
                    thing.Id, key, [PatchOperation.Increment("/size", 1)],
                    new PatchItemRequestOptions { FilterPredicate = "from c where c.size < 3" });
                return ((patched.StatusCode, isThere && before >= 3
                    ? HttpStatusCode.PreconditionFailed
                    : Found(200)), before + 1);
            default:
                using (var batch = await things.CreateTransactionalBatch(key)
                    .UpsertItem(thing)
                    .PatchItem(thing.Id, [PatchOperation.Increment("/size", 10)])
                    .ExecuteAsync())
                {
                    return ((batch.StatusCode, HttpStatusCode.OK), thing.Size + 10);
                }
        }

        HttpStatusCode Found(int status) =>
            isThere ? (HttpStatusCode)status : HttpStatusCode.NotFound;
    }

    private static MemoryStream Body(Thing thing) =>
        new(JsonSerializer.SerializeToUtf8Bytes(thing, JsonSerializerOptions.Web));

    private static async Task AssertSameAsync(
        Container things,
        Dictionary<(string Key, string Id), double> table,
        List<(string Key, string Id)> changed)
    {
        using var pages = things.GetItemQueryIterator<Thing>(
            "SELECT * FROM c", null, new QueryRequestOptions { MaxItemCount = 2 });
        var all = new List<Thing>();
        while (pages.HasMoreResults)
        {
            all.AddRange(await pages.ReadNextAsync());
        }

        Assert.Equal(
            table.OrderBy(entry => entry.Key),
            all.Select(thing => KeyValuePair.Create((thing.Pk, thing.Id), thing.Size!.Value))
                .OrderBy(entry => entry.Key));
        foreach (var key in Keys)
        {
            using var feed = things.GetChangeFeedIterator<Thing>(
                ChangeFeedStartFrom.Beginning(FeedRange.FromPartitionKey(new(key))),
                ChangeFeedMode.LatestVersion);
            var page = await feed.ReadNextAsync();
            Assert.Equal(
                changed.Where(change => change.Key == key).Select(change => change.Id),
                page.StatusCode == HttpStatusCode.NotModified ? [] : page.Select(one => one.Id));
        }
    }
}
