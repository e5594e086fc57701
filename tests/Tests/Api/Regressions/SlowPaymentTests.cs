using System.Net;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>What goes wrong elsewhere while a payment takes its time.</summary>
public sealed class SlowPaymentTests(RaceShop shop) : IClassFixture<RaceShop>
{
    [Fact]
    public async Task A_slow_payment_blocks_no_other_buyer_of_the_product()
    {
        await shop.Service.PutProductAsync("drop", units: 6);
        var slow = shop.BuyAsync("drop-slow", "drop", token: "tok_slow");
        await shop.SlowPaymentAsync();

        // All of these are answered while the slow one is at its bank.
        var others = await RaceShop.AtOnceAsync(10, i => shop.BuyAsync($"drop-{i}", "drop"));

        Assert.False(slow.IsCompleted);
        Assert.Equal(5, others.Count(answer => answer.Status == HttpStatusCode.Created));
        shop.Clock.LetGo();
        (await slow).MustBe(HttpStatusCode.Created);
        Assert.Equal(0, await shop.AvailableAsync("drop"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task Stock_cannot_be_adjusted_away_under_a_payment()
    {
        await shop.Service.PutProductAsync("vase", units: 3);
        var slow = shop.BuyAsync("vase-slow", "vase", 2, "tok_slow");
        await shop.SlowPaymentAsync();

        var adjusted = await RaceShop.AtOnceAsync(4, i => shop.Service.PostAsync(
            "/v1/stock/vase/adjustments", """{"delta":-1,"reason":"broken"}""",
            headers: ("Idempotency-Key", $"vase-{i}")));
        shop.Clock.LetGo();

        Assert.Single(adjusted, answer => answer.Status == HttpStatusCode.OK);
        (await slow).MustBe(HttpStatusCode.Created);
        Assert.Equal(0, await shop.AvailableAsync("vase"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task Who_is_charged_when_the_stock_is_gone_gets_the_money_back_and_is_told()
    {
        await shop.Service.PutProductAsync("lamp", 12.50m, units: 1);
        var slow = shop.BuyAsync("lamp-slow", "lamp", token: "tok_slow");
        await shop.SlowPaymentAsync();

        // The payment takes longer than stock is held for one; somebody else gets the unit.
        shop.Clock.Move(CheckoutRules.PaymentHold + TimeSpan.FromSeconds(1));
        var attempt = 0;
        var other = await RaceShop.UntilAsync(
            () => shop.BuyAsync($"lamp-{attempt++}", "lamp"),
            answer => answer.Status == HttpStatusCode.Created);
        shop.Clock.LetGo();

        var told = (await slow).MustBeProblem(HttpStatusCode.Conflict, "stock-lost");
        Assert.Contains("nothing is charged", told["detail"], StringComparison.Ordinal);
        var again = await shop.BuyAsync("lamp-slow", "lamp", token: "tok_slow");
        again.MustBeProblem(HttpStatusCode.Conflict, "stock-lost");
        var lost = await LostOrderAsync("lamp-slow");
        Assert.Equal(("failed", 0m, 0m), (lost["state"],
            RaceShop.Amount(lost, "captured"), RaceShop.Amount(lost, "refunded")));
        Assert.Equal([PaymentKind.Authorize, PaymentKind.Void],
            (await shop.AtBankAsync(lost["id"]!)).Select(record => record.Kind).Order());
        Assert.Equal("confirmed", (await shop.OrderAsync(other["id"]!))["state"]);
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task Many_payments_that_come_too_late_charge_nobody()
    {
        await shop.Service.PutProductAsync("sofa", units: 5);
        var slow = Enumerable.Range(0, 5)
            .Select(i => shop.BuyAsync($"sofa-{i}", "sofa", token: "tok_slow")).ToArray();
        foreach (var _ in slow) await shop.SlowPaymentAsync();

        // Nobody has cleared the reservations yet: the end alone is enough.
        shop.Clock.Move(CheckoutRules.PaymentHold);
        shop.Clock.LetGo();

        foreach (var answer in await Task.WhenAll(slow))
            answer.MustBeProblem(HttpStatusCode.Conflict, "stock-lost");
        Assert.Equal(5, await shop.AvailableAsync("sofa"));
        for (var i = 0; i < 5; i++)
        {
            var lost = await LostOrderAsync($"sofa-{i}");
            Assert.DoesNotContain(await shop.AtBankAsync(lost["id"]!),
                record => record.Kind == PaymentKind.Capture);
        }
        await shop.MustAgreeAsync();
    }

    // A checkout that failed is listed as an attempt only, once its void is through.
    private async Task<Answer> LostOrderAsync(string visitor)
    {
        var list = await RaceShop.UntilAsync(
            () => shop.Service.GetAsync("/v1/orders?attempts=true&newest=500"),
            answer => answer.Json["orders"]!.AsArray().Any(order =>
                order!["visitorId"]!.ToString() == visitor
                && order["state"]!.ToString() == "failed"));
        var id = list.Json["orders"]!.AsArray()
            .Single(order => order!["visitorId"]!.ToString() == visitor)!["id"]!.ToString();
        return await shop.OrderAsync(id);
    }
}
