using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>Bundles whose lines share stock with each other and with single units.</summary>
public sealed class BundleRaceTests(RaceShop shop) : IClassFixture<RaceShop>
{
    [Fact]
    public async Task Bundles_and_single_units_never_sell_a_component_twice()
    {
        await shop.Service.PutProductAsync("leaf", units: 20);
        await shop.Service.PutProductAsync("cup", units: 100);
        await PutBundleAsync("gift", ("leaf", 2), ("cup", 1));
        await PutBundleAsync("pair", ("leaf", 1), ("cup", 2));
        // Leaves that a buyer takes: 2, 1, 1, and 3 on two lines.
        string[] wants =
        [
            RaceShop.Lines(("gift", 1)), RaceShop.Lines(("pair", 1)), RaceShop.Lines(("leaf", 1)),
            RaceShop.Lines(("gift", 1), ("leaf", 1)),
        ];
        int[] leaves = [2, 1, 1, 3];

        var answers = await RaceShop.AtOnceAsync(
            40, i => shop.CheckoutAsync($"gift-{i}", wants[i % 4]));

        var sold = Enumerable.Range(0, 40)
            .Where(i => answers[i].Status == HttpStatusCode.Created).Sum(i => leaves[i % 4]);
        Assert.Equal(20 - sold, await shop.AvailableAsync("leaf"));
        // Whoever wanted one leaf was refused only when there was none.
        Assert.Equal(20, sold);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created),
            answer => answer.MustBeProblem(HttpStatusCode.Conflict, "out-of-stock"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task A_shortfall_of_a_bundle_names_the_component_and_all_that_is_asked_of_it()
    {
        await shop.Service.PutProductAsync("bean", units: 2);
        await shop.Service.PutProductAsync("mill", units: 2);
        await PutBundleAsync("starter", ("bean", 2), ("mill", 1));

        var answer = await shop.CheckoutAsync(
            "starter-1", RaceShop.Lines(("starter", 1), ("bean", 1)));

        answer.MustBeProblem(HttpStatusCode.Conflict, "out-of-stock");
        Assert.Equal("""[{"productId":"bean","asked":3,"available":2}]""",
            answer.Find("lines")!.ToJsonString());
        Assert.Equal(2, await shop.AvailableAsync("bean"));
        Assert.Equal(2, await shop.AvailableAsync("mill"));
    }

    [Fact]
    public async Task A_bundle_that_changed_since_comes_back_as_it_was_sold()
    {
        await shop.Service.PutProductAsync("pen", units: 10);
        await shop.Service.PutProductAsync("ink", units: 10);
        await PutBundleAsync("desk-set", ("pen", 1), ("ink", 3));
        var cancelled = await shop.BuyAsync("set-1", "desk-set", 2);
        var returned = await shop.BuyOnShipmentAsync("set-2", "desk-set", 1);
        await PutBundleAsync("desk-set", ("pen", 5));

        await shop.DoWhenFreeAsync(cancelled["id"]!, "cancel", "c");
        await shop.DoWhenFreeAsync(returned, "shipments", "s");
        var back = await shop.DoWhenFreeAsync(returned, "returns", "r");

        Assert.Equal("""[{"productId":"pen","quantity":1},{"productId":"ink","quantity":3}]""",
            back.MustBe(HttpStatusCode.OK).Find("lines.0.components")!.ToJsonString());
        Assert.Equal(10, await shop.AvailableAsync("pen"));
        Assert.Equal(10, await shop.AvailableAsync("ink"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task A_reservation_of_a_bundle_promises_its_components()
    {
        await shop.Service.PutProductAsync("bolt", units: 9);
        await PutBundleAsync("kit", ("bolt", 4));
        Assert.Equal(2, await shop.AvailableAsync("kit"));

        var answer = await shop.Service.PostAsync("/v1/reservations",
            $$"""{"lines":[{{RaceShop.Lines(("kit", 2))}}]}""", headers: ("Idempotency-Key", "k1"));

        Assert.Equal(("bolt", "8"), (
            answer.MustBe(HttpStatusCode.Created)["lines.0.productId"],
            answer["lines.0.quantity"]));
        Assert.Equal(1, await shop.AvailableAsync("bolt"));
        Assert.Equal(0, await shop.AvailableAsync("kit"));
    }

    [Fact]
    public async Task A_bundle_of_an_unknown_product_is_refused_and_the_product_named()
    {
        var answer = await PutBundleAsync("empty-box", ("nowhere", 1));

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid");
        Assert.Contains("nowhere", answer["detail"], StringComparison.Ordinal);
        (await shop.Service.GetAsync("/v1/products/empty-box"))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    private Task<Answer> PutBundleAsync(
        string id, params (string Product, int Quantity)[] components) =>
        shop.Service.PutAsync($"/v1/products/{id}", $$"""
            {"title":"The {{id}}","price":{"amount":9.90,"currency":"EUR"},
             "components":[{{RaceShop.Lines(components)}}]}
            """);
}
