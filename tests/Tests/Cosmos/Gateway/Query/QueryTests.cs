using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

public sealed class QueryTests : GatewayTest
{
    private static readonly QueryRequestOptions OfP = new() { PartitionKey = new("p") };

    protected override ContainerProperties Definition => new("things", "/pk")
    {
        IndexingPolicy = new()
        {
            IncludedPaths = { new() { Path = "/*" } },
            ExcludedPaths = { new() { Path = "/name/?" } },
            CompositeIndexes =
            {
                new()
                {
                    new() { Path = "/pk", Order = CompositePathSortOrder.Ascending },
                    new() { Path = "/size", Order = CompositePathSortOrder.Descending },
                },
            },
        },
    };

    [Theory]
    [InlineData("c.size = 2", "b")]
    [InlineData("c.size != 2", "a c")]
    [InlineData("c.size < 2 OR c.size >= 3", "a c")]
    [InlineData("NOT (c.size < 3)", "c")]
    [InlineData("c.size BETWEEN 2 AND 3 AND c.id <> 'c'", "b")]
    [InlineData("c.size IN (1, 3)", "a c")]
    [InlineData("c.size NOT IN (1, 3)", "b")]
    [InlineData("IS_DEFINED(c.size)", "a b c")]
    [InlineData("NOT IS_DEFINED(c.size)", "d")]
    [InlineData("IS_NULL(c.nothing)", "d")]
    [InlineData("c.size = 'two'", "")]
    [InlineData("c.size != 'two'", "")]
    [InlineData("NOT (c.size = c.missing)", "")]
    [InlineData("c.missing = 1 OR true", "a b c d")]
    [InlineData("ARRAY_CONTAINS(c.tags, 'y')", "b")]
    [InlineData("ARRAY_LENGTH(c.tags) = 2", "b")]
    [InlineData("STARTSWITH(c.name, 'te')", "a")]
    [InlineData("CONTAINS(c.name, \"OFF\", true)", "b")]
    [InlineData("c[\"name\"] = 'tea' AND c.tags[0] = 'x'", "a")]
    [InlineData("(c.size ?? 0) * 2 - 1 = -1", "d")]
    [InlineData("c.inner.deep = 5", "d")]
    public async Task A_condition_selects_as_documented(string condition, string ids)
    {
        await PutAllAsync(
        [
            new("a", "p", 1, "tea", ["x"]), new("b", "q", 2, "coffee", ["x", "y"]),
            new("c", "r", 3),
        ]);
        await Things.CreateItemAsync(
            new { id = "d", pk = "s", nothing = (string?)null, inner = new { deep = 5 } },
            new("s"), null, Ct);

        var found = await IdsAsync($"SELECT * FROM c WHERE {condition}");

        Assert.Equal(ids, string.Join(' ', found.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Selections_take_the_shape_that_is_asked_for()
    {
        await PutAsync(new("a", "p", 2, "tea"));

        var list = await QueryAsync<JsonElement>(
            "SELECT c.id, c.size AS amount, c.missing, c.size + 1 next FROM c");
        var made = await QueryAsync<JsonElement>(
            "SELECT VALUE {key: [c.pk, c.id], 'half': c.size / 2} FROM root c");
        var nothing = await QueryAsync<JsonElement>("SELECT VALUE c.missing FROM c");

        Assert.Equal("""{"id":"a","amount":2,"next":3}""", Assert.Single(list).GetRawText());
        Assert.Equal("""{"key":["p","a"],"half":1}""", Assert.Single(made).GetRawText());
        Assert.Empty(nothing);
    }

    [Fact]
    public async Task Parameters_are_values_of_any_type()
    {
        await PutAllAsync([new("a", "p", 1), new("b", "q", 2)]);

        var found = await QueryAsync<Thing>(
            new QueryDefinition(
                "SELECT * FROM c WHERE ARRAY_CONTAINS(@ids, c.id) AND c.size >= @least")
                .WithParameter("@ids", new[] { "a", "b" }).WithParameter("@least", 2));

        Assert.Equal("b", Assert.Single(found).Id);
    }

    [Theory]
    [InlineData("ORDER BY c.size", "n a c b d")]
    [InlineData("ORDER BY c.size DESC", "d b c a n")]
    [InlineData("ORDER BY c.pk, c.size DESC", "b a d c n")]
    [InlineData("ORDER BY c.pk DESC, c.size", "n c d a b")]
    public async Task Results_are_merged_in_order_over_partitions(string order, string ids)
    {
        await PutAllAsync(
        [
            new("a", "p", 1), new("b", "p", 3), new("c", "q", 2), new("d", "q", 4),
            new("n", "r"),
        ]);

        Assert.Equal(ids, string.Join(' ', await IdsAsync($"SELECT * FROM c {order}")));
        Assert.Equal(
            ids,
            string.Join(' ', await IdsAsync(
                $"SELECT * FROM c {order}", new QueryRequestOptions { MaxItemCount = 1 })));
    }

    [Theory]
    [InlineData("SELECT TOP 3 * FROM c ORDER BY c.size", "0 1 2")]
    [InlineData("SELECT * FROM c ORDER BY c.size OFFSET 2 LIMIT 3", "2 3 4")]
    [InlineData("SELECT * FROM c ORDER BY c.size DESC OFFSET 8 LIMIT 5", "1 0")]
    public async Task Only_so_many_are_told_as_are_asked_for(string query, string sizes)
    {
        await PutAllAsync(Enumerable.Range(0, 10).Select(i => new Thing($"i{i}", $"p{i}", i)));

        foreach (var page in new[] { 1, 2, 100 })
        {
            var found = await QueryAsync<Thing>(
                query, new QueryRequestOptions { MaxItemCount = page });
            Assert.Equal(sizes, string.Join(' ', found.Select(thing => thing.Size)));
        }
    }

    [Fact]
    public async Task Aggregates_are_of_all_partitions()
    {
        await PutAllAsync(Enumerable.Range(1, 10).Select(i => new Thing($"i{i}", $"p{i}", i)));
        await PutAsync(new Thing("n", "p"));

        Assert.Equal(11, await SingleAsync("SELECT VALUE COUNT(1) FROM c"));
        Assert.Equal(10, await SingleAsync("SELECT VALUE COUNT(c.size) FROM c"));
        Assert.Equal(55, await SingleAsync("SELECT VALUE SUM(c.size) FROM c"));
        Assert.Equal(1, await SingleAsync("SELECT VALUE MIN(c.size) FROM c"));
        Assert.Equal(10, await SingleAsync("SELECT VALUE MAX(c.size) FROM c"));
        Assert.Equal(0, await SingleAsync("SELECT VALUE COUNT(1) FROM c WHERE c.size > 99"));
        Assert.Equal(
            3,
            Assert.Single(await QueryAsync<double>(
                "SELECT VALUE MAX(c.size) FROM c",
                new QueryRequestOptions { PartitionKey = new("p3") })));

        async Task<double> SingleAsync(string query) =>
            Assert.Single(await QueryAsync<double>(query));
    }

    [Fact]
    public async Task A_query_of_one_key_asks_one_partition_and_sees_no_other_key()
    {
        await PutAllAsync([new("a", "p", 1), new("b", "p", 2), new("c", "q", 3)]);
        Gateway.Requests.Clear();

        var found = await IdsAsync("SELECT * FROM c ORDER BY c.size DESC", OfP);

        Assert.Equal(["b", "a"], found);
        Assert.Single(
            Gateway.Requests.OfItems, answered => answered.Request.Kind == RequestKind.Query);
    }

    [Fact]
    public async Task A_query_that_names_its_key_asks_one_partition()
    {
        await PutAllAsync(Enumerable.Range(0, 10).Select(i => new Thing($"i{i}", $"p{i}", i)));
        Gateway.Requests.Clear();

        Assert.Equal(["i3"], await IdsAsync("SELECT * FROM c WHERE c.pk = 'p3'"));

        Assert.Single(
            Gateway.Requests.OfItems, answered => answered.Request.Kind == RequestKind.Query);
    }

    [Theory]
    [InlineData("SELECT * FROM c", true)]
    [InlineData("SELECT * FROM c ORDER BY c.size", true)]
    [InlineData("SELECT * FROM c ORDER BY c.size DESC", true)]
    [InlineData("SELECT * FROM c", false)]
    [InlineData("SELECT * FROM c ORDER BY c.size", false)]
    [InlineData("SELECT * FROM c ORDER BY c.size DESC", false)]
    [InlineData("SELECT * FROM c ORDER BY c.pk, c.size DESC", false)]
    [InlineData("SELECT * FROM c ORDER BY c.missing", false)]
    [InlineData("SELECT * FROM c WHERE c.size >= 0 ORDER BY c.size OFFSET 0 LIMIT 12", false)]
    public async Task A_query_goes_on_from_a_token_without_losing_or_repeating(
        string query, bool isOneKey)
    {
        await PutAllAsync(Enumerable.Range(0, 12).Select(i =>
            new Thing($"i{i}", isOneKey ? "p" : $"p{i}", i / 3)));
        var options = new QueryRequestOptions
        {
            MaxItemCount = 5,
            PartitionKey = isOneKey ? new PartitionKey("p") : null,
        };
        var found = new List<string>();
        string? token = null;
        do
        {
            using var pages = Things.GetItemQueryIterator<Thing>(query, token, options);
            var page = await pages.ReadNextAsync(Ct);
            found.AddRange(page.Select(thing => thing.Id));
            token = page.ContinuationToken;
        }
        while (token is not null);

        Assert.Equal(12, found.Count);
        Assert.Equal(12, found.Distinct().Count());
    }

    [Fact]
    public async Task Items_that_come_and_go_between_pages_neither_shift_nor_repeat_others()
    {
        await PutAllAsync(Enumerable.Range(0, 6).Select(i => new Thing($"i{i}", "p", i)));
        using var pages = Things.GetItemQueryIterator<Thing>(
            "SELECT * FROM c ORDER BY c.size", null,
            new QueryRequestOptions { MaxItemCount = 2, PartitionKey = new("p") });

        var found = (await pages.ReadNextAsync(Ct)).Select(thing => thing.Id).ToList();
        await Things.DeleteItemAsync<Thing>("i0", new("p"), null, Ct);
        await PutAsync(new Thing("early", "p", 0.5));
        while (pages.HasMoreResults)
        {
            found.AddRange((await pages.ReadNextAsync(Ct)).Select(thing => thing.Id));
        }

        Assert.Equal(["i0", "i1", "i2", "i3", "i4", "i5"], found);
    }

    [Fact]
    public async Task Many_items_are_read_at_once_by_id_and_key()
    {
        await PutAllAsync(Enumerable.Range(0, 20).Select(i => new Thing($"i{i}", $"p{i}", i)));

        var found = await Things.ReadManyItemsAsync<Thing>(
            [.. Enumerable.Range(0, 20).Where(i => i % 2 == 0)
                .Select(i => ($"i{i}", new PartitionKey($"p{i}")))],
            null, Ct);

        Assert.Equal(90, found.Sum(thing => thing.Size));
    }

    [Fact]
    public async Task A_feed_without_a_query_tells_all_items()
    {
        await PutAllAsync(Enumerable.Range(0, 7).Select(i => new Thing($"i{i}", $"p{i}", i)));

        using var pages = Things.GetItemQueryIterator<Thing>(
            requestOptions: new QueryRequestOptions { MaxItemCount = 2 });
        var count = 0;
        while (pages.HasMoreResults)
        {
            count += (await pages.ReadNextAsync(Ct)).Count;
        }

        Assert.Equal(7, count);
    }

    [Theory]
    [InlineData("SELECT * FROM c ORDER BY c.name", "excluded")]
    [InlineData("SELECT * FROM c ORDER BY c.size, c.pk", "composite index")]
    [InlineData("SELECT DISTINCT c.pk FROM c", "DISTINCT")]
    [InlineData("SELECT c.pk FROM c GROUP BY c.pk", "GROUP BY")]
    [InlineData("SELECT * FROM c JOIN t IN c.tags", "JOIN")]
    [InlineData("SELECT VALUE GETCURRENTTIMESTAMP(1) FROM c", "GETCURRENTTIMESTAMP")]
    [InlineData("SELECT * FROM c WHERE c.size = ", "Syntax error")]
    [InlineData("SELECT * FROM c WHERE c.size == 1", "Syntax error")]
    [InlineData("SELECT * FROM c WHERE d.size = 1", "could not be resolved")]
    [InlineData("SELECT * FROM c WHERE c.size = @missing", "@missing")]
    public async Task What_no_index_serves_or_is_not_spoken_is_an_error_that_says_so(
        string query, string says)
    {
        await PutAsync(new Thing("a", "p", 1));

        var refused = await FailsAsync(() => IdsAsync(query));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }
}
