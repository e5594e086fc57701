using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Api.Hosting;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Feed;

public sealed class FeedServiceTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_service_on_an_account_offers_what_another_instance_has_put_up()
    {
        var ct = TestContext.Current.CancellationToken;
        var gateway = new CosmosGateway(TimeProvider.System);
        await using var account = await CosmosGatewayServer.StartAsync(gateway);
        var options = new CosmosOptions
        {
            Endpoint = account.Endpoint.ToString(),
            Key = gateway.Key,
            Node = 1,
        };
        using var client = CosmosAccount.Open(options);
        await CosmosDatabase.CreateAsync(client, options, 4_000, ct);
        await using var other = CosmosShop.Open(client, options, TimeProvider.System);
        await using var service = new ServiceFixture { Storage = options };
        await service.InitializeAsync();
        var core = service.Host.Core;
        var told = new ToldChanges();
        using var attached = core.Stores.Attach(told);

        await other.Products.PutAsync(ShopFixture.Product("tea"), null, ct);
        await told.WaitForAsync<ProductChanged>(_ => true, ct);

        Assert.Equal("The tea", core.Shelf.Find(core.Engine.Items.Resolve(new("tea")))?.Title);
        Assert.Equal("ready", (await service.GetAsync("/readyz"))["status"]);
    }
}
