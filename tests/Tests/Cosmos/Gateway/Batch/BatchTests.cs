using System.Net;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Batch;

public sealed class BatchTests : GatewayTest
{
    private static readonly PartitionKey P = new("p");

    [Fact]
    public async Task One_operation_that_fails_undoes_all_and_the_others_say_424()
    {
        await PutAsync(new Thing("share", "p", 2));

        using var failed = await Things.CreateTransactionalBatch(P)
            .CreateItem(new Thing("entry", "p"))
            .PatchItem(
                "share", [PatchOperation.Increment("/size", -3)],
                new TransactionalBatchPatchItemRequestOptions
                {
                    FilterPredicate = "from c where c.size >= 3",
                })
            .UpsertItem(new Thing("other", "p"))
            .ExecuteAsync(Ct);

        Assert.Equal(HttpStatusCode.PreconditionFailed, failed.StatusCode);
        Assert.Equal(
            [424, 412, 424], failed.Select(result => (int)result.StatusCode));
        Assert.Equal(["share"], await IdsAsync("SELECT * FROM c"));
        Assert.Equal(
            2, (await Things.ReadItemAsync<Thing>("share", P, null, Ct)).Resource.Size);
    }

    [Fact]
    public async Task An_entry_that_is_there_already_fails_the_batch_with_a_conflict()
    {
        using var first = await ReserveAsync();
        using var again = await ReserveAsync();

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        Task<TransactionalBatchResponse> ReserveAsync() => Things.CreateTransactionalBatch(P)
            .CreateItem(new Thing("entry", "p"))
            .UpsertItem(new Thing("share", "p", 1))
            .ExecuteAsync(Ct);
    }

    [Fact]
    public async Task Each_operation_sees_those_before_it()
    {
        using var done = await Things.CreateTransactionalBatch(P)
            .CreateItem(new Thing("a", "p", 1))
            .ReplaceItem("a", new Thing("a", "p", 2))
            .PatchItem("a", [PatchOperation.Increment("/size", 1)])
            .ReadItem("a")
            .DeleteItem("a")
            .CreateItem(new Thing("a", "p", 9))
            .ExecuteAsync(Ct);

        Assert.Equal(
            [201, 200, 200, 200, 204, 201], done.Select(result => (int)result.StatusCode));
        Assert.Equal(3, done.GetOperationResultAtIndex<Thing>(3).Resource.Size);
        Assert.Equal(9, (await Things.ReadItemAsync<Thing>("a", P, null, Ct)).Resource.Size);
    }

    [Fact]
    public async Task A_version_that_is_expected_is_checked_in_a_batch_too()
    {
        var first = await Things.CreateItemAsync(new Thing("a", "p", 1), P, null, Ct);
        await PutAsync(new Thing("a", "p", 2));

        using var failed = await Things.CreateTransactionalBatch(P)
            .ReplaceItem(
                "a", new Thing("a", "p", 3),
                new TransactionalBatchItemRequestOptions { IfMatchEtag = first.ETag })
            .ExecuteAsync(Ct);

        Assert.Equal(HttpStatusCode.PreconditionFailed, failed.StatusCode);
    }

    [Fact]
    public async Task A_writer_that_does_not_want_its_items_back_gets_none()
    {
        var minimal = new TransactionalBatchItemRequestOptions
        {
            EnableContentResponseOnWrite = false,
        };

        using var done = await Things.CreateTransactionalBatch(P)
            .CreateItem(new Thing("a", "p"), minimal).CreateItem(new Thing("b", "p"))
            .ExecuteAsync(Ct);

        Assert.Null(done[0].ResourceStream);
        Assert.NotEmpty(done[0].ETag);
        Assert.NotNull(done[1].ResourceStream);
    }

    [Fact]
    public async Task A_batch_has_at_most_a_hundred_operations()
    {
        using var taken = await Batch(100).ExecuteAsync(Ct);
        using var refused = await Batch(101).ExecuteAsync(Ct);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        TransactionalBatch Batch(int count) => Enumerable.Range(0, count).Aggregate(
            Things.CreateTransactionalBatch(P),
            (batch, i) => batch.UpsertItem(new Thing($"i{i}", "p")));
    }

    [Fact]
    public async Task A_batch_costs_what_its_operations_cost()
    {
        using var done = await Things.CreateTransactionalBatch(P)
            .CreateItem(new Thing("a", "p")).CreateItem(new Thing("b", "p")).ExecuteAsync(Ct);

        Assert.Equal(2 * RequestCharges.Insert(0), done.RequestCharge, 2);
    }

    [Fact]
    public async Task Imports_in_bulk_stand_or_fall_one_by_one()
    {
        using var client = Gateway.CreateClient(options => options.AllowBulkExecution = true);
        var things = client.GetContainer("shop", "things");
        await PutAsync(new Thing("i3", "p3", 33));

        var imports = Enumerable.Range(0, 8).Select(async i =>
        {
            using var answer = await things.CreateItemStreamAsync(
                new MemoryStream(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                    new Thing($"i{i}", $"p{i}", i), System.Text.Json.JsonSerializerOptions.Web)),
                new($"p{i}"), null, Ct);
            return (int)answer.StatusCode;
        });
        var statuses = await Task.WhenAll(imports);

        Assert.Equal([201, 201, 201, 409, 201, 201, 201, 201], statuses);
        Assert.Contains(
            Gateway.Requests.All, answered => answered.Request.Kind == RequestKind.Bulk);
    }
}
