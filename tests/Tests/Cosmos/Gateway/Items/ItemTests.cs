using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

public sealed class ItemTests : GatewayTest
{
    protected override ContainerProperties Definition => new("things", "/pk")
    {
        UniqueKeyPolicy = new() { UniqueKeys = { new() { Paths = { "/name" } } } },
    };

    [Fact]
    public async Task An_item_bears_the_properties_of_the_service_and_keeps_its_own()
    {
        var made = await Things.CreateItemAsync(
            new Thing("a", "p", 1.5, "tea", ["x"]), new("p"), null, Ct);

        var read = await Things.ReadItemAsync<JsonElement>("a", new("p"), null, Ct);
        Assert.Equal(made.ETag, read.Resource.GetProperty("_etag").GetString());
        Assert.Equal(
            Time.GetUtcNow().ToUnixTimeSeconds(), read.Resource.GetProperty("_ts").GetInt64());
        Assert.Equal("attachments/", read.Resource.GetProperty("_attachments").GetString());
        Assert.StartsWith("dbs/", read.Resource.GetProperty("_self").GetString());
        Assert.Equal(24, read.Resource.GetProperty("_rid").GetString()!.Length);
        Assert.Equal(1.5, read.Resource.GetProperty("size").GetDouble());
        Assert.Equal("x", read.Resource.GetProperty("tags")[0].GetString());
    }

    [Fact]
    public async Task An_item_keeps_its_resource_id_through_its_versions()
    {
        await PutAsync(new Thing("a", "p", 1, "n"));
        var first = await Things.ReadItemAsync<JsonElement>("a", new("p"), null, Ct);
        await PutAsync(new Thing("a", "p", 2, "n"));
        var second = await Things.ReadItemAsync<JsonElement>("a", new("p"), null, Ct);

        Assert.Equal(
            first.Resource.GetProperty("_rid").GetString(),
            second.Resource.GetProperty("_rid").GetString());
        Assert.NotEqual(first.ETag, second.ETag);
    }

    [Theory]
    [InlineData("100%41")]
    [InlineData("a%2Fb")]
    [InlineData("%C3%A9")]
    [InlineData("ends in a space ")]
    public async Task An_id_that_the_path_does_not_carry_as_it_is_can_be_made_but_not_asked_for(
        string id)
    {
        await Things.CreateItemAsync(new Thing(id, "p"), new("p"), null, Ct);

        Assert.All(
            await AskAsync(id), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer));
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("50%zz")]
    [InlineData(" begins with a space")]
    [InlineData("letters,=.:~+-@()^${}[]!_鱀")]
    public async Task Any_other_id_is_found_again(string id)
    {
        await Things.CreateItemAsync(new Thing(id, "p"), new("p"), null, Ct);

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent], await AskAsync(id));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    public async Task A_letter_that_ids_must_not_have_is_refused(string id)
    {
        var made = await FailsAsync(
            () => Things.CreateItemAsync(new Thing(id, "p"), new("p"), null, Ct));

        Assert.Equal(HttpStatusCode.BadRequest, made.StatusCode);
    }

    [Fact]
    public async Task An_id_can_be_created_once_in_a_partition_key()
    {
        await Things.CreateItemAsync(new Thing("a", "p", 1, "m"), new("p"), null, Ct);

        var again = await FailsAsync(() =>
            Things.CreateItemAsync(new Thing("a", "p", 2, "n"), new("p"), null, Ct));
        await Things.CreateItemAsync(new Thing("a", "q", 3), new("q"), null, Ct);

        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal(1, (await Things.ReadItemAsync<Thing>("a", new("p"), null, Ct)).Resource.Size);
    }

    [Fact]
    public async Task What_is_not_there_is_neither_read_nor_replaced_nor_patched_nor_deleted()
    {
        Func<Task>[] requests =
        [
            () => Things.ReadItemAsync<Thing>("a", new("p"), null, Ct),
            () => Things.ReplaceItemAsync(new Thing("a", "p"), "a", new("p"), null, Ct),
            () => Things.PatchItemAsync<Thing>(
                "a", new("p"), [PatchOperation.Set("/size", 1)], null, Ct),
            () => Things.DeleteItemAsync<Thing>("a", new("p"), null, Ct),
        ];

        foreach (var request in requests)
        {
            var missing = await FailsAsync(request);
            Assert.Equal((HttpStatusCode.NotFound, 0), (missing.StatusCode, missing.SubStatusCode));
        }
    }

    [Fact]
    public async Task A_write_over_another_version_than_expected_is_refused()
    {
        var first = await Things.UpsertItemAsync(new Thing("a", "p", 1), new("p"), null, Ct);
        await PutAsync(new Thing("a", "p", 2));
        var over = new ItemRequestOptions { IfMatchEtag = first.ETag };
        Func<Task>[] requests =
        [
            () => Things.ReplaceItemAsync(new Thing("a", "p", 3), "a", new("p"), over, Ct),
            () => Things.UpsertItemAsync(new Thing("a", "p", 3), new("p"), over, Ct),
            () => Things.DeleteItemAsync<Thing>("a", new("p"), over, Ct),
            () => Things.PatchItemAsync<Thing>(
                "a", new("p"), [PatchOperation.Set("/size", 3)],
                new PatchItemRequestOptions { IfMatchEtag = first.ETag }, Ct),
        ];

        foreach (var request in requests)
        {
            Assert.Equal(
                HttpStatusCode.PreconditionFailed, (await FailsAsync(request)).StatusCode);
        }

        Assert.Equal(2, (await Things.ReadItemAsync<Thing>("a", new("p"), null, Ct)).Resource.Size);
    }

    [Fact]
    public async Task A_read_of_the_known_version_brings_nothing()
    {
        var made = await Things.UpsertItemAsync(new Thing("a", "p", 1), new("p"), null, Ct);

        using var read = await Things.ReadItemStreamAsync(
            "a", new("p"), new ItemRequestOptions { IfNoneMatchEtag = made.ETag }, Ct);

        Assert.Equal(HttpStatusCode.NotModified, read.StatusCode);
    }

    [Fact]
    public async Task A_writer_that_does_not_want_its_item_back_gets_only_its_version()
    {
        var made = await Things.CreateItemAsync(
            new Thing("a", "p", 1), new("p"),
            new ItemRequestOptions { EnableContentResponseOnWrite = false }, Ct);

        Assert.Null(made.Resource);
        Assert.NotEmpty(made.ETag);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }

    [Fact]
    public async Task An_item_of_another_key_than_the_request_is_refused()
    {
        var refused = await FailsAsync(() =>
            Things.CreateItemAsync(new Thing("a", "p"), new("q"), null, Ct));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(SubStatus.PartitionKeyMismatch, refused.SubStatusCode);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("")]
    public async Task An_id_that_no_address_can_hold_is_refused(string id)
    {
        var refused = await FailsAsync(() =>
            Things.CreateItemAsync(new Thing(id, "p"), new("p"), null, Ct));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task A_unique_key_is_unique_within_a_partition_key()
    {
        await PutAsync(new Thing("a", "p", Name: "tea"));
        await PutAsync(new Thing("a", "p", 2, "tea"));
        await PutAsync(new Thing("b", "q", Name: "tea"));

        var taken = await FailsAsync(() => PutAsync(new Thing("b", "p", Name: "tea")));

        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
    }

    [Fact]
    public async Task An_item_without_a_key_has_a_place_of_its_own()
    {
        await Things.CreateItemAsync(new { id = "a", size = 1 }, PartitionKey.None, null, Ct);

        var read = await Things.ReadItemAsync<Thing>("a", PartitionKey.None, null, Ct);
        var other = await FailsAsync(() =>
            Things.ReadItemAsync<Thing>("a", PartitionKey.Null, null, Ct));

        Assert.Equal(1, read.Resource.Size);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task A_number_beyond_2_to_the_53_comes_back_as_it_was_sent()
    {
        using var body = new MemoryStream(
            """{"id":"a","pk":"p","big":9007199254740993}"""u8.ToArray());
        using var made = await Things.CreateItemStreamAsync(body, new("p"), null, Ct);

        var read = await Things.ReadItemAsync<JsonElement>("a", new("p"), null, Ct);

        Assert.Equal("9007199254740993", read.Resource.GetProperty("big").GetRawText());
    }

    /// <summary>How an id is answered when it is read, replaced and deleted.</summary>
    private async Task<HttpStatusCode[]> AskAsync(string id)
    {
        using var read = await Things.ReadItemStreamAsync(id, new("p"), null, Ct);
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(
            new Thing(id, "p"), JsonSerializerOptions.Web));
        using var replaced = await Things.ReplaceItemStreamAsync(body, id, new("p"), null, Ct);
        using var deleted = await Things.DeleteItemStreamAsync(id, new("p"), null, Ct);
        return [read.StatusCode, replaced.StatusCode, deleted.StatusCode];
    }
}
