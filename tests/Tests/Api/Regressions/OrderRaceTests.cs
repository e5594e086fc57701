using System.Net;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>Money and units that other systems have given back twice.</summary>
public sealed class OrderRaceTests(RaceShop shop) : IClassFixture<RaceShop>
{
    [Theory]
    [InlineData("tok_visa")]
    [InlineData("tok_lostRefund")]
    public async Task A_refund_repeated_at_once_with_its_key_is_one_refund(string token)
    {
        var id = await BuyAsync("book-" + token, token);

        var answers = await RaceShop.AtOnceAsync(8, _ => shop.DoWhenFreeAsync(
            id, "refunds", "r", """{"amount":{"amount":7.00,"currency":"EUR"}}"""));

        Assert.All(answers, answer => answer.MustBe(HttpStatusCode.OK));
        var order = await SettledAsync(id);
        Assert.Equal((20m, 7m), (
            RaceShop.Amount(order, "captured"), RaceShop.Amount(order, "refunded")));
        Assert.Single(await shop.AtBankAsync(id), record => record.Kind == PaymentKind.Refund);
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task Two_refunds_at_once_never_give_back_more_than_was_taken()
    {
        var id = await BuyAsync("novel", "tok_visa");

        var answers = await RaceShop.AtOnceAsync(8, i => shop.DoWhenFreeAsync(
            id, "refunds", $"r{i}", """{"amount":{"amount":7.00,"currency":"EUR"}}"""));

        Assert.Equal(2, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.OK))
            answer.MustBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-amount");
        var order = await SettledAsync(id);
        Assert.Equal(14m, RaceShop.Amount(order, "refunded"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task A_cancel_that_races_a_capture_ends_with_the_money_on_one_side()
    {
        for (var round = 0; round < 5; round++)
        {
            var product = $"atlas-{round}";
            await shop.Service.PutProductAsync(product, 20m, units: 2);
            var id = await shop.BuyOnShipmentAsync(product, product, 1);

            var answers = await RaceShop.AtOnceAsync(
                () => shop.DoWhenFreeAsync(id, "cancel", "c"),
                () => shop.DoWhenFreeAsync(id, "capture", "k"),
                () => shop.DoWhenFreeAsync(id, "cancel", "c"),
                () => shop.DoWhenFreeAsync(id, "capture", "k"));

            // A captured order can be cancelled, a cancelled one not captured.
            Assert.Equal(HttpStatusCode.OK, answers[0].Status);
            var order = await RaceShop.UntilAsync(
                () => shop.OrderAsync(id), one => one["state"] == "cancelled");
            Assert.Equal(RaceShop.Amount(order, "captured"), RaceShop.Amount(order, "refunded"));
            Assert.Equal(2, await shop.AvailableAsync(product));
        }
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task A_cancel_that_races_a_shipment_ends_with_one_of_them()
    {
        for (var round = 0; round < 5; round++)
        {
            var product = $"globe-{round}";
            await shop.Service.PutProductAsync(product, 20m, units: 2);
            var id = await shop.BuyOnShipmentAsync(product, product, 1);

            var answers = await RaceShop.AtOnceAsync(
                () => shop.DoWhenFreeAsync(id, "cancel", "c"),
                () => shop.DoWhenFreeAsync(id, "shipments", "s"));

            Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
            var order = await SettledAsync(id);
            Assert.Equal(answers[0].Status == HttpStatusCode.OK
                ? ("cancelled", 0m, 2L) : ("shipped", 20m, 1L),
                (order["state"], RaceShop.Amount(order, "captured"),
                    await shop.AvailableAsync(product)));
        }
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task A_return_that_is_told_twice_comes_back_once()
    {
        await shop.Service.PutProductAsync("map", 20m, units: 5);
        var id = await shop.BuyOnShipmentAsync("map-1", "map", 3);
        (await shop.DoWhenFreeAsync(id, "shipments", "s")).MustBe(HttpStatusCode.OK);
        var two = $$"""{"lines":[{{RaceShop.Lines(("map", 2))}}]}""";

        var same = await RaceShop.AtOnceAsync(
            6, _ => shop.DoWhenFreeAsync(id, "returns", "r1", two));
        var other = await RaceShop.AtOnceAsync(
            4, i => shop.DoWhenFreeAsync(id, "returns", $"r-{i}", two));

        Assert.All(same, answer => answer.MustBe(HttpStatusCode.OK));
        Assert.All(other, answer =>
            answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-quantity"));
        var order = await SettledAsync(id);
        Assert.Equal((60m, 40m), (
            RaceShop.Amount(order, "captured"), RaceShop.Amount(order, "refunded")));
        Assert.Equal(4, await shop.AvailableAsync("map"));
        await shop.MustAgreeAsync();
    }

    private async Task<string> BuyAsync(string product, string token)
    {
        await shop.Service.PutProductAsync(product, 20m, units: 5);
        return (await shop.BuyAsync(product, product, token: token))
            .MustBe(HttpStatusCode.Created)["id"]!;
    }

    private Task<Answer> SettledAsync(string id) => RaceShop.UntilAsync(
        () => shop.OrderAsync(id),
        order => order["payment.pending"] == "false" && order["state"] != "cancelling");
}
