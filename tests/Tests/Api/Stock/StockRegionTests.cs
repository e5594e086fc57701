using System.Net;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Api.Hosting;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Stock;

/// <summary>Two services on one account, each in a region of its own.</summary>
public sealed class StockRegionTests : IAsyncLifetime
{
    private readonly CosmosGateway _gateway = new(TimeProvider.System);
    private CosmosGatewayServer _account = null!;
    private ServiceFixture _north = null!;
    private ServiceFixture _south = null!;

    public async ValueTask InitializeAsync()
    {
        _account = await CosmosGatewayServer.StartAsync(_gateway);
        var options = await _account.MakeShopAsync();
        _north = await StartAsync(options, "Cosmos:Region", "north", 0);
        _south = await StartAsync(options, "Cosmos:StockRegion", "south", 1);
        await _north.PutProductAsync("box", units: 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _north.DisposeAsync();
        await _south.DisposeAsync();
        await _account.DisposeAsync();
    }

    [Fact]
    public async Task A_service_sells_the_stock_of_its_own_region_only()
    {
        const string Reservation = """{"lines":[{"productId":"box","quantity":1}]}""";

        (await _south.PostAsync("/v1/reservations", Reservation))
            .MustBeProblem(HttpStatusCode.Conflict, "out-of-stock");
        (await _north.PostAsync("/v1/reservations", Reservation)).MustBe(HttpStatusCode.Created);

        Assert.Equal("1", (await _north.GetAsync("/v1/stock/box"))["available"]);
        Assert.Equal("0", (await _south.GetAsync("/v1/stock/box"))["available"]);
    }

    [Fact]
    public async Task A_reservation_of_another_region_is_closed_there_only()
    {
        var held = (await _north.PostAsync(
            "/v1/reservations", """{"lines":[{"productId":"box","quantity":1}]}"""))
            .MustBe(HttpStatusCode.Created);

        (await _south.PostAsync($"/v1/reservations/{held["id"]}/commit", "{}"))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await _south.PostAsync($"/v1/reservations/{held["id"]}/release", ""))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await _north.PostAsync($"/v1/reservations/{held["id"]}/release", ""))
            .MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_one_region_sends_the_other_claims_and_sells()
    {
        await _north.PostAsync("/v1/transfers",
            """{"productId":"box","from":{},"to":{"region":"south"},"quantity":2}""",
            headers: ("Idempotency-Key", "t1"));

        (await _north.PostAsync("/v1/transfers/t1/claim", ""))
            .MustBe(HttpStatusCode.BadRequest);
        (await _south.PostAsync("/v1/transfers/t1/claim", "")).MustBe(HttpStatusCode.OK);

        Assert.Equal("0", (await _north.GetAsync("/v1/stock/box"))["available"]);
        Assert.Equal("2", (await _south.GetAsync("/v1/stock/box"))["available"]);
    }

    private static async Task<ServiceFixture> StartAsync(
        CosmosOptions account, string key, string region, int node)
    {
        var service = new ServiceFixture { Storage = account };
        service.Configuration[key] = region;
        service.Configuration["Cosmos:Node"] =
            node.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await service.InitializeAsync();
        return service;
    }
}
