using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Xunit;
using Operation = Microsoft.Azure.Cosmos.PatchOperation;

namespace StreamCommerce.Tests.Cosmos.Gateway.Patch;

public sealed class PatchTests : GatewayTest
{
    [Fact]
    public async Task Each_operation_does_what_it_says()
    {
        await PutAsync(new Thing("a", "p", 1, "tea", ["x", "y"]));

        var patched = await PatchAsync(
            Operation.Add("/color", "red"),
            Operation.Set("/name", "coffee"),
            Operation.Replace("/size", 7),
            Operation.Increment("/count", 2),
            Operation.Increment("/count", 3),
            Operation.Add("/tags/1", "between"),
            Operation.Set("/tags/0", "first"),
            Operation.Add("/tags/-", "last"),
            Operation.Remove("/tags/2"));

        Assert.Equal("red", patched.GetProperty("color").GetString());
        Assert.Equal("coffee", patched.GetProperty("name").GetString());
        Assert.Equal("7", patched.GetProperty("size").GetRawText());
        Assert.Equal("5", patched.GetProperty("count").GetRawText());
        Assert.Equal(
            ["first", "between", "last"],
            patched.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
    }

    [Fact]
    public async Task A_fraction_is_added_as_a_fraction()
    {
        await PutAsync(new Thing("a", "p", 1));

        var patched = await PatchAsync(Operation.Increment("/size", 0.5));

        Assert.Equal(1.5, patched.GetProperty("size").GetDouble());
    }

    [Theory]
    [InlineData("from c where c.size >= 3", HttpStatusCode.OK)]
    [InlineData("FROM c WHERE c.size > 3", HttpStatusCode.PreconditionFailed)]
    [InlineData("from c where c.missing > 3", HttpStatusCode.PreconditionFailed)]
    [InlineData("from c where not is_defined(c.missing) and c.name = 'tea'", HttpStatusCode.OK)]
    public async Task A_patch_is_done_only_where_its_condition_holds(
        string condition, HttpStatusCode expected)
    {
        await PutAsync(new Thing("a", "p", 3, "tea"));

        using var answer = await Things.PatchItemStreamAsync(
            "a", new("p"), [Operation.Increment("/size", -3)],
            new PatchItemRequestOptions { FilterPredicate = condition }, Ct);

        Assert.Equal(expected, answer.StatusCode);
        var left = (await Things.ReadItemAsync<Thing>("a", new("p"), null, Ct)).Resource.Size;
        Assert.Equal(expected == HttpStatusCode.OK ? 0 : 3, left);
    }

    [Fact]
    public async Task One_operation_that_fails_undoes_the_patch()
    {
        await PutAsync(new Thing("a", "p", 1));

        var failed = await FailsAsync(() => PatchAsync(
            Operation.Set("/size", 2), Operation.Replace("/missing", 1)));

        Assert.Equal(HttpStatusCode.BadRequest, failed.StatusCode);
        Assert.Equal(1, (await Things.ReadItemAsync<Thing>("a", new("p"), null, Ct)).Resource.Size);
    }

    [Theory]
    [InlineData("/id")]
    [InlineData("/pk")]
    [InlineData("/_ts")]
    [InlineData("/missing/below")]
    public async Task What_is_not_ones_own_and_what_is_not_there_cannot_be_patched(string path)
    {
        await PutAsync(new Thing("a", "p"));

        var refused = await FailsAsync(() => PatchAsync(Operation.Set(path, "other")));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task A_patch_has_at_most_ten_operations()
    {
        await PutAsync(new Thing("a", "p"));
        var eleven = Enumerable.Range(0, 11).Select(i => Operation.Set($"/n{i}", i)).ToArray();

        var refused = await FailsAsync(() => PatchAsync(eleven));
        var taken = await PatchAsync(eleven[..10]);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(9, taken.GetProperty("n9").GetInt32());
    }

    private async Task<JsonElement> PatchAsync(params Operation[] operations) =>
        await Things.PatchItemAsync<JsonElement>("a", new("p"), operations, null, Ct);
}
