using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>Promotions that other systems have given twice.</summary>
public sealed class CouponRaceTests(RaceShop shop) : IClassFixture<RaceShop>
{
    [Fact]
    public async Task A_coupon_for_one_use_is_used_by_one_of_many_buyers()
    {
        await PutCouponAsync("ONE", totalUses: 1);
        await shop.Service.PutProductAsync("hat", 10m, units: 50);

        var answers = await RaceShop.AtOnceAsync(15, i => BuyAsync($"hat-{i}", "hat", "ONE"));

        var bought = Assert.Single(
            answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal("6.00", bought["total.amount"]);
        foreach (var answer in answers.Where(answer => answer != bought))
            answer.MustBeProblem(HttpStatusCode.Conflict, "coupon-used-up");
        Assert.Equal(49, await shop.AvailableAsync("hat"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task A_coupon_that_is_given_twice_in_one_order_counts_once()
    {
        await PutCouponAsync("TWICE", totalUses: 10);
        await shop.Service.PutProductAsync("cap", 10m, units: 50);

        var answers = await RaceShop.AtOnceAsync(
            5, i => BuyAsync($"cap-{i}", "cap", "TWICE\",\"TWICE"));

        Assert.All(answers, answer =>
            Assert.Equal("6.00", answer.MustBe(HttpStatusCode.Created)["total.amount"]));
        // Ten uses less five: five more buyers, and not one besides.
        var rest = await RaceShop.AtOnceAsync(8, i => BuyAsync($"cap-b{i}", "cap", "TWICE"));
        Assert.Equal(5, rest.Count(answer => answer.Status == HttpStatusCode.Created));
    }

    [Fact]
    public async Task A_retried_order_uses_its_coupon_once()
    {
        await PutCouponAsync("RETRY", totalUses: 2);
        await shop.Service.PutProductAsync("tie", 10m, units: 50);

        var answers = await RaceShop.AtOnceAsync(10, _ => RaceShop.UntilAsync(
            () => BuyAsync("tie-1", "tie", "RETRY"), answer => !RaceShop.IsInProgress(answer)));
        var second = await BuyAsync("tie-2", "tie", "RETRY");
        var third = await BuyAsync("tie-3", "tie", "RETRY");

        Assert.Single(answers.Select(answer => answer.MustBe(HttpStatusCode.Created).Text)
            .Distinct());
        second.MustBe(HttpStatusCode.Created);
        third.MustBeProblem(HttpStatusCode.Conflict, "coupon-used-up");
    }

    [Fact]
    public async Task A_coupon_of_an_order_that_was_not_paid_or_not_kept_can_be_used_again()
    {
        await PutCouponAsync("BACK", totalUses: 1);
        await shop.Service.PutProductAsync("bag", 10m, units: 50);

        var declined = await BuyAsync("bag-1", "bag", "BACK", "tok_chargeDeclined");
        var bought = await BuyAsync("bag-2", "bag", "BACK");
        var cancelled = await shop.DoWhenFreeAsync(bought["id"]!, "cancel", "c");
        var again = await BuyAsync("bag-3", "bag", "BACK");

        declined.MustBeProblem(HttpStatusCode.PaymentRequired, "payment-declined");
        bought.MustBe(HttpStatusCode.Created);
        cancelled.MustBe(HttpStatusCode.OK);
        again.MustBe(HttpStatusCode.Created);
        await shop.MustAgreeAsync();
    }

    private async Task PutCouponAsync(string code, int totalUses) =>
        (await shop.Service.PutAsync("/v1/pricing", $$"""
            {"promotions":[{"id":"{{code.ToLowerInvariant()}}","kind":"amountOffOrder",
             "amount":4,"currency":"EUR","totalUses":{{totalUses}},"coupon":"{{code}}"}]}
            """)).MustBe(HttpStatusCode.OK);

    private Task<Answer> BuyAsync(
        string buyer, string product, string coupon, string token = "tok_visa") =>
        shop.CheckoutAsync(buyer, RaceShop.Lines((product, 1)), token,
            $$""","coupons":["{{coupon}}"]""");
}
