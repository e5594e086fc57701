using Microsoft.Azure.Cosmos;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

public sealed class RequestChargeTests : GatewayTest
{
    private static readonly PartitionKey P = new("p");

    [Fact]
    public async Task Requests_cost_what_the_documented_rules_say()
    {
        var kilobyte = new Thing("a", "p", 1, new string('x', 700));

        var made = await Things.CreateItemAsync(kilobyte, P, null, Ct);
        var read = await Things.ReadItemAsync<Thing>("a", P, null, Ct);
        var replaced = await Things.ReplaceItemAsync(kilobyte, "a", P, null, Ct);
        var patched = await Things.PatchItemAsync<Thing>(
            "a", P, [PatchOperation.Increment("/size", 1)], null, Ct);

        Assert.Equal(5.5, made.RequestCharge);
        Assert.Equal(1, read.RequestCharge);
        Assert.Equal(11, replaced.RequestCharge);
        Assert.Equal(11, patched.RequestCharge);
    }

    [Fact]
    public async Task A_large_item_costs_more()
    {
        await PutAsync(new Thing("a", "p", 1, new string('x', 100 * 1024)));

        var read = await Things.ReadItemAsync<Thing>("a", P, null, Ct);

        Assert.Equal(10, read.RequestCharge, 0.1);
    }

    [Fact]
    public async Task A_query_costs_by_what_it_reads()
    {
        await PutAllAsync(Enumerable.Range(0, 10).Select(i => new Thing($"i{i}", "p", i)));

        var one = await CostAsync("SELECT * FROM c WHERE c.size = 1");
        var all = await CostAsync("SELECT * FROM c");

        Assert.InRange(one, 2.3, 3);
        Assert.InRange(all, one + 2, 6);

        async Task<double> CostAsync(string query)
        {
            using var pages = Things.GetItemQueryIterator<Thing>(
                query, null, new QueryRequestOptions { PartitionKey = P });
            return (await pages.ReadNextAsync(Ct)).RequestCharge;
        }
    }

    [Fact]
    public async Task What_was_asked_is_remembered_up_to_a_limit()
    {
        var gateway = new CosmosGateway(Time, new CosmosGatewayOptions { RequestsKept = 2 });
        using var client = gateway.CreateClient();
        await client.CreateDatabaseAsync("a", cancellationToken: Ct);
        await client.CreateDatabaseAsync("b", cancellationToken: Ct);
        await client.GetDatabase("b").ReadAsync(null, Ct);

        Assert.Equal(
            [RequestKind.CreateDatabase, RequestKind.ReadDatabase],
            gateway.Requests.All.Select(answered => answered.Request.Kind));
        Assert.Equal("b", gateway.Requests.All[1].Request.Database);
        Assert.True(gateway.Requests.TotalCharge >= 3);
    }

    [Fact]
    public async Task A_request_is_remembered_with_its_item_and_its_charge()
    {
        await PutAsync(new Thing("a", "p"));
        await Things.ReadItemAsync<Thing>("a", P, null, Ct);
        Gateway.Requests.Clear();

        await Things.ReadItemAsync<Thing>("a", P, null, Ct);

        var answered = Assert.Single(Gateway.Requests.All);
        Assert.Equal(
            (RequestKind.ReadItem, "things", "p", "a"),
            (answered.Request.Kind, answered.Request.Container, answered.Request.PartitionKey,
                answered.Request.Id));
        Assert.Equal((200, 1.0), (answered.Status, answered.Charge));
    }
}
