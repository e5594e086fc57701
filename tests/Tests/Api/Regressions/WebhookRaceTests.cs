using System.Net;
using StreamCommerce.Engine.Payments;
using Xunit;

namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>Webhooks as banks send them: twice, late, and in any order.</summary>
public sealed class WebhookRaceTests(RaceShop shop) : IClassFixture<RaceShop>
{
    [Fact]
    public async Task Webhooks_twice_and_out_of_order_change_a_paid_order_no_more()
    {
        await shop.Service.PutProductAsync("ring", 40m, units: 3);
        var id = (await shop.BuyAsync("ring-1", "ring")).MustBe(HttpStatusCode.Created)["id"]!;
        var before = (await shop.OrderAsync(id)).Text;
        var records = await shop.AtBankAsync(id);
        Assert.Equal(2, records.Count);

        // The capture's first, then all three times at once.
        var first = await shop.NotifyAsync(
            records.Single(record => record.Kind == PaymentKind.Capture));
        var answers = await RaceShop.AtOnceAsync(6, i => shop.NotifyAsync(records[i % 2]));
        await shop.NotedAsync();

        Assert.Equal("false", first.MustBe(HttpStatusCode.OK)["duplicate"]);
        Assert.Single(answers, answer =>
            answer.MustBe(HttpStatusCode.OK)["duplicate"] == "false");
        Assert.Equal(before, (await shop.OrderAsync(id)).Text);
        Assert.Equal(2, (await shop.AtBankAsync(id)).Count);
        await shop.MustAgreeAsync();
    }

    [Theory]
    [InlineData("tok_lostAnswer")]
    [InlineData("tok_lostCapture")]
    public async Task A_webhook_that_tells_a_lost_answer_races_the_question_and_pays_once(
        string token)
    {
        var product = "chain-" + token;
        await shop.Service.PutProductAsync(product, 40m, units: 3);
        var id = (await shop.BuyAsync(product, product, token: token))["id"]!;
        var records = await shop.AtBankAsync(id);

        await RaceShop.AtOnceAsync(
            3 * records.Count, i => shop.NotifyAsync(records[i % records.Count]));
        var paid = await RaceShop.UntilAsync(
            () => shop.OrderAsync(id), order => order["state"] == "confirmed");
        await shop.NotedAsync();

        Assert.Equal(40m, RaceShop.Amount(paid, "captured"));
        Assert.Single(await shop.AtBankAsync(id), record => record.Kind == PaymentKind.Capture);
        Assert.Equal(2, await shop.AvailableAsync(product));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task An_authorizations_webhook_that_comes_after_the_cancel_brings_nothing_back()
    {
        await shop.Service.PutProductAsync("watch", 40m, units: 3);
        var id = await shop.BuyOnShipmentAsync("watch-1", "watch", 1);
        var late = await shop.AtBankAsync(id);
        (await shop.DoWhenFreeAsync(id, "cancel", "c")).MustBe(HttpStatusCode.OK);
        await RaceShop.UntilAsync(
            () => shop.OrderAsync(id), order => order["state"] == "cancelled");

        await RaceShop.AtOnceAsync(3, _ => shop.NotifyAsync(late.Single()));
        await shop.NotedAsync();

        var order = await shop.OrderAsync(id);
        Assert.Equal(("cancelled", 0m), (order["state"], RaceShop.Amount(order, "captured")));
        Assert.Equal(3, await shop.AvailableAsync("watch"));
        await shop.MustAgreeAsync();
    }
}
