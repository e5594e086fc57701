using System.Net;
using Azure.Core;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Gateway.Account;

public sealed class AccountTests : GatewayTest
{
    [Fact]
    public async Task The_account_has_one_region_to_write_to_and_several_to_read_from()
    {
        var account = await Client.ReadAccountAsync();

        Assert.Equal(ConsistencyLevel.Session, account.Consistency.DefaultConsistencyLevel);
        Assert.Equal([Region], account.WritableRegions.Select(region => region.Name));
        Assert.Equal(
            [Region, ReadRegion], account.ReadableRegions.Select(region => region.Name));
    }

    [Fact]
    public async Task Requests_that_are_signed_with_the_key_are_served()
    {
        await PutAsync(new Thing("ä b+c%", "p", 1));
        await Things.ReadThroughputAsync(Ct);

        Assert.Equal(["ä b+c%"], await IdsAsync("SELECT * FROM c"));
    }

    [Fact]
    public async Task A_wrong_key_opens_nothing()
    {
        using var client = new CosmosClient(
            Gateway.Endpoint.AbsoluteUri,
            Convert.ToBase64String("another"u8),
            new CosmosClientOptions
            {
                ConnectionMode = ConnectionMode.Gateway,
                HttpClientFactory = () => new HttpClient(Gateway.Handler, false),
            });

        var refused = await FailsAsync(() =>
            client.GetContainer("shop", "things").ReadItemAsync<Thing>("a", new("p"), null, Ct));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_token_instead_of_the_key_is_served()
    {
        using var client = new CosmosClient(
            Gateway.Endpoint.AbsoluteUri,
            new AnyToken(Time),
            new CosmosClientOptions
            {
                ConnectionMode = ConnectionMode.Gateway,
                HttpClientFactory = () => new HttpClient(Gateway.Handler, false),
            });

        var read = await client.GetContainer("shop", "things").ReadContainerAsync(null, Ct);

        Assert.Equal("things", read.Resource.Id);
    }

    [Fact]
    public async Task A_header_that_may_mean_something_is_not_passed_over()
    {
        using var client = new HttpClient(new CosmosGateway(new FakeTimeProvider()).Handler);
        client.DefaultRequestHeaders.Add("x-ms-documentdb-pre-trigger-include", "trigger");

        using var answer = await client.GetAsync(new Uri("https://local.cosmos.invalid/"), Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            "x-ms-documentdb-pre-trigger-include", await answer.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal);
    }

    private sealed class AnyToken(TimeProvider time) : TokenCredential
    {
        private AccessToken Token => new("a.b.c", time.GetUtcNow().AddYears(10));

        public override AccessToken GetToken(TokenRequestContext _, CancellationToken ct) => Token;

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext _, CancellationToken ct) => ValueTask.FromResult(Token);
    }
}
