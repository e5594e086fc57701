using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>Units that other systems have sold twice.</summary>
public sealed class StockRaceTests(RaceShop shop) : IClassFixture<RaceShop>
{
    [Fact]
    public async Task Two_orders_for_one_unit_are_one_order()
    {
        await shop.Service.PutProductAsync("last", 10m, units: 1);

        var answers = await RaceShop.AtOnceAsync(20, i => shop.BuyAsync($"last-{i}", "last"));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created))
            answer.MustBeProblem(HttpStatusCode.Conflict, "out-of-stock");
        Assert.Equal(0, await shop.AvailableAsync("last"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task Lines_of_many_products_are_sold_whole_whatever_their_order()
    {
        await shop.Service.PutProductAsync("left", units: 10);
        await shop.Service.PutProductAsync("right", units: 10);
        var there = RaceShop.Lines(("left", 1), ("right", 1));
        var back = RaceShop.Lines(("right", 1), ("left", 1));

        var answers = await RaceShop.AtOnceAsync(
            30, i => shop.CheckoutAsync($"pair-{i}", i % 2 == 0 ? there : back));

        Assert.Equal(10, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.Equal(0, await shop.AvailableAsync("left"));
        Assert.Equal(0, await shop.AvailableAsync("right"));
    }

    [Fact]
    public async Task Concurrent_reservations_promise_what_there_is_and_no_more()
    {
        await shop.Service.PutProductAsync("seat", units: 10);

        var answers = await RaceShop.AtOnceAsync(30, i => ReserveAsync($"seat-{i}", "seat"));
        var held = Enumerable.Range(0, 30)
            .Where(i => answers[i].Status == HttpStatusCode.Created).ToArray();

        Assert.Equal(10, held.Length);
        // Each is closed both ways at once: one of them wins.
        var closed = await RaceShop.AtOnceAsync(20, i => shop.Service.PostAsync(
            $"/v1/reservations/seat-{held[i / 2]}/{(i % 2 == 0 ? "commit" : "release")}", "{}"));
        Assert.Equal(10, closed.Count(answer => answer.Status == HttpStatusCode.OK));
        var gone = closed.Where((answer, i) => i % 2 == 0 && answer.Status == HttpStatusCode.OK)
            .Count();
        Assert.Equal(10 - gone, await shop.AvailableAsync("seat"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task One_reservation_asked_for_many_times_at_once_is_one()
    {
        await shop.Service.PutProductAsync("table", units: 10);

        var answers = await RaceShop.AtOnceAsync(10, _ => ReserveAsync("table-1", "table"));

        Assert.All(answers, answer => answer.MustBe(HttpStatusCode.Created));
        Assert.Equal(9, await shop.AvailableAsync("table"));
    }

    [Fact]
    public async Task Reservations_and_orders_share_one_stock()
    {
        await shop.Service.PutProductAsync("desk", units: 10);

        var answers = await RaceShop.AtOnceAsync(30, i => i % 2 == 0
            ? shop.BuyAsync($"desk-{i}", "desk")
            : ReserveAsync($"desk-{i}", "desk"));

        Assert.Equal(10, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.Equal(0, await shop.AvailableAsync("desk"));
        await shop.MustAgreeAsync();
    }

    private Task<Answer> ReserveAsync(string id, string product) => shop.Service.PostAsync(
        "/v1/reservations", $$"""{"lines":[{{RaceShop.Lines((product, 1))}}]}""",
        headers: ("Idempotency-Key", id));
}
