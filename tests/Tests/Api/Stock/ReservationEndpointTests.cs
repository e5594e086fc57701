using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Stock;

public sealed class ReservationEndpointTests(ServiceFixture service)
    : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Units_are_held_and_then_leave()
    {
        await service.PutProductAsync("rug", units: 5);

        var held = await ReserveAsync("rug", 2, "rug-1");
        Assert.Equal("held", held.MustBe(HttpStatusCode.Created)["state"]);
        Assert.Equal("""[{"productId":"rug","quantity":2,"bucket":0}]""",
            held.Find("lines")!.ToJsonString());
        Assert.Equal("2", (await service.GetAsync("/v1/stock/rug"))["reserved"]);

        await service.PostAsync("/v1/reservations/rug-1/commit", "{}");

        Assert.Equal("committed", (await service.GetAsync("/v1/reservations/rug-1"))["state"]);
        Assert.Equal("3", (await service.GetAsync("/v1/stock/rug"))["onHand"]);
    }

    [Fact]
    public async Task A_part_leaves_and_the_rest_comes_back()
    {
        await service.PutProductAsync("mat", units: 5);
        await ReserveAsync("mat", 4, "mat-1");

        var part = await service.PostAsync("/v1/reservations/mat-1/commit",
            """{"lines":[{"productId":"mat","quantity":1}]}""");

        Assert.Equal("3", part.MustBe(HttpStatusCode.OK)["lines.0.released"]);
        Assert.Equal("4", (await service.GetAsync("/v1/stock/mat"))["available"]);
    }

    [Fact]
    public async Task A_repeated_reservation_holds_once_and_is_released_once()
    {
        await service.PutProductAsync("bed", units: 5);
        for (var i = 0; i < 2; i++)
            (await ReserveAsync("bed", 2, "bed-1")).MustBe(HttpStatusCode.Created);
        Assert.Equal("3", (await service.GetAsync("/v1/stock/bed"))["available"]);

        for (var i = 0; i < 2; i++)
        {
            (await service.PostAsync("/v1/reservations/bed-1/release", ""))
                .MustBe(HttpStatusCode.OK);
        }

        Assert.Equal("5", (await service.GetAsync("/v1/stock/bed"))["available"]);
    }

    [Fact]
    public async Task A_shortfall_names_what_was_asked_and_what_is_left()
    {
        await service.PutProductAsync("pan", units: 1);

        var answer = await ReserveAsync("pan", 2, "pan-1");

        answer.MustBeProblem(HttpStatusCode.Conflict, "out-of-stock");
        Assert.Equal("""[{"productId":"pan","asked":2,"available":1}]""",
            answer.Find("lines")!.ToJsonString());
    }

    [Fact]
    public async Task What_the_catalogue_does_not_know_is_not_reserved()
    {
        (await ReserveAsync("nothing", 1, "n-1"))
            .MustBeProblem(HttpStatusCode.NotFound, "unknown-product");
        (await service.GetAsync("/v1/reservations/n-1"))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await service.PostAsync("/v1/reservations/n-1/commit", "{}"))
            .MustBeProblem(HttpStatusCode.NotFound, "unknown-reservation");
    }

    [Fact]
    public async Task A_policy_lets_a_product_be_sold_before_it_is_there()
    {
        await service.PutProductAsync("vase", units: 1);
        var policy = await service.PutAsync(
            "/v1/stock/vase/policy", """{"backorderLimit":3}""");
        Assert.Equal("600", policy.MustBe(HttpStatusCode.OK)["reservationSeconds"]);
        var held = await ReserveAsync("vase", 3, "vase-1");
        Assert.Equal("2", held.MustBe(HttpStatusCode.Created)["lines.0.backordered"]);
        await service.PostAsync("/v1/reservations/vase-1/commit", "{}");
        Assert.Equal("2", (await service.GetAsync("/v1/stock/vase"))["backordered"]);

        var received = await service.PostAsync("/v1/stock/vase/receipts", """{"quantity":5}""");

        Assert.Equal("3", received.MustBe(HttpStatusCode.OK)["available"]);
        (await service.PutAsync("/v1/stock/vase/policy", """{"safetyStock":-1}"""))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid");
        Assert.Equal("3", (await service.GetAsync("/v1/stock/vase/policy"))["backorderLimit"]);
    }

    [Fact]
    public async Task Stock_goes_from_one_warehouse_to_another_and_ships_from_there()
    {
        await service.PutProductAsync("desk", units: 4);
        (await service.PutAsync("/v1/warehouses/quay", """{"priority":1}"""))
            .MustBe(HttpStatusCode.OK);
        var sent = await service.PostAsync("/v1/transfers", """
            {"productId":"desk","quantity":3,"from":{},"to":{"warehouse":"quay"}}
            """, headers: ("Idempotency-Key", "move-1"));
        Assert.Equal("inTransit", sent.MustBe(HttpStatusCode.Created)["state"]);
        Assert.Equal("1", (await service.GetAsync("/v1/stock/desk"))["onHand"]);

        for (var i = 0; i < 2; i++)
        {
            (await service.PostAsync("/v1/transfers/move-1/claim", ""))
                .MustBe(HttpStatusCode.OK);
        }

        Assert.Equal("claimed", (await service.GetAsync("/v1/transfers/move-1"))["state"]);
        var held = await ReserveAsync("desk", 2, "desk-1");
        Assert.Equal("quay", held["lines.1.warehouse"]);
        Assert.Contains("quay", (await service.GetAsync("/v1/warehouses")).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_writes_its_own_stock_only()
    {
        await service.PutProductAsync("lamp", units: 4);
        const string Out = """
            {"productId":"lamp","quantity":3,"from":{},"to":{"region":"away"}}
            """;
        const string In = """
            {"productId":"lamp","quantity":3,"from":{"region":"away"},"to":{}}
            """;
        (await service.PostAsync("/v1/transfers", In))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await service.PutAsync("/v1/transfers/out-1", Out))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await service.PostAsync("/v1/transfers", Out, headers: ("Idempotency-Key", "out-1")))
            .MustBe(HttpStatusCode.Created);
        (await service.PostAsync("/v1/transfers/out-1/claim", ""))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");

        for (var i = 0; i < 2; i++)
        {
            (await service.PutAsync("/v1/transfers/in-1", In)).MustBe(HttpStatusCode.OK);
            (await service.PostAsync("/v1/transfers/in-1/claim", "")).MustBe(HttpStatusCode.OK);
        }

        Assert.Equal("4", (await service.GetAsync("/v1/stock/lamp"))["available"]);
    }

    [Fact]
    public async Task A_hot_product_is_split_and_merged()
    {
        await service.PutProductAsync("toy", units: 4);

        (await service.PutAsync("/v1/stock/toy/buckets", """{"count":2}"""))
            .MustBe(HttpStatusCode.OK);

        var shares = await service.GetAsync("/v1/stock/toy/shares");
        Assert.Equal(("2", "2"), (shares["shares.0.available"], shares["shares.1.available"]));
        (await service.PutAsync("/v1/stock/toy/buckets", """{"count":65}"""))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid");
    }

    [Fact]
    public async Task A_return_is_put_back_once_and_the_ledger_adds_up()
    {
        await service.PutProductAsync("jar", units: 4);
        for (var i = 0; i < 2; i++)
        {
            await service.PostAsync("/v1/stock/jar/returns", """{"quantity":2}""",
                headers: ("Idempotency-Key", "return-1"));
        }

        Assert.Equal("6", (await service.GetAsync("/v1/stock/jar"))["available"]);
        var report = await service.GetAsync("/v1/stock/reconciliation");
        Assert.Equal(("true", "0"),
            (report.MustBe(HttpStatusCode.OK)["isRight"], report["differenceCount"]));
    }

    private Task<Answer> ReserveAsync(string product, int quantity, string key) =>
        service.PostAsync("/v1/reservations",
            $$"""{"lines":[{"productId":"{{product}}","quantity":{{quantity}}}]}""",
            headers: ("Idempotency-Key", key));
}
