using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>Requests that are sent again, because nobody knows what became of them.</summary>
public sealed class RetryTests(RaceShop shop) : IClassFixture<RaceShop>
{
    [Fact]
    public async Task A_buyer_who_hangs_up_and_asks_again_has_one_order()
    {
        await shop.Service.PutProductAsync("coat", 30m, units: 9);
        using var hangUp = new CancellationTokenSource();
        var lost = SendAsync("coat-1", "coat", hangUp.Token);
        await shop.SlowPaymentAsync();
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);

        var early = await shop.BuyAsync("coat-1", "coat", token: "tok_slow");
        shop.Clock.LetGo();
        var answers = await RaceShop.AtOnceAsync(5, _ => RaceShop.UntilAsync(
            () => shop.BuyAsync("coat-1", "coat", token: "tok_slow"),
            answer => !RaceShop.IsInProgress(answer)));

        early.MustBeProblem(HttpStatusCode.Conflict, "in-progress");
        Assert.True(early.Headers.ContainsKey("Retry-After"));
        Assert.Single(
            answers.Select(answer => answer.MustBe(HttpStatusCode.Created)["id"]).Distinct());
        Assert.All(answers, answer =>
            Assert.Equal("true", answer.Headers["Idempotency-Replayed"]));
        Assert.Equal(8, await shop.AvailableAsync("coat"));
        Assert.Equal(30m, RaceShop.Amount(
            await shop.OrderAsync(answers[0]["id"]!), "captured"));
        await shop.MustAgreeAsync();
    }

    [Theory]
    [InlineData("tok_visa")]
    [InlineData("tok_lostAnswer")]
    [InlineData("tok_lostRequest")]
    [InlineData("tok_lostCapture")]
    public async Task The_same_order_from_many_connections_at_once_is_one(string token)
    {
        var product = "shirt-" + token;
        await shop.Service.PutProductAsync(product, 20m, units: 9);

        var answers = await RaceShop.AtOnceAsync(12, _ => RaceShop.UntilAsync(
            () => shop.BuyAsync(product, product, token: token),
            answer => !RaceShop.IsInProgress(answer)));

        var id = Assert.Single(answers.Select(answer => answer["id"]).Distinct())!;
        // The first may be told that its bank has not answered; all others, how it ended.
        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.Accepted), 0, 1);
        Assert.True(answers.Count(answer => answer.Status == HttpStatusCode.Created) >= 11);
        await RaceShop.UntilAsync(
            () => shop.OrderAsync(id), order => order["state"] == "confirmed");
        Assert.Equal(8, await shop.AvailableAsync(product));
        Assert.Equal(20m, RaceShop.Amount(await shop.OrderAsync(id), "captured"));
        await shop.MustAgreeAsync();
    }

    [Fact]
    public async Task Two_orders_at_once_with_one_key_are_one_order_and_a_refusal()
    {
        await shop.Service.PutProductAsync("sock", units: 90);

        var answers = await RaceShop.AtOnceAsync(20, i => RaceShop.UntilAsync(
            () => shop.CheckoutAsync(
                "sock", RaceShop.Lines(("sock", 1 + i % 2)), key: "sock-1"),
            answer => !RaceShop.IsInProgress(answer)));

        var bought = answers.Where(answer => answer.Status == HttpStatusCode.Created).ToArray();
        Assert.Equal(10, bought.Length);
        Assert.Single(bought.Select(answer => answer["id"]).Distinct());
        foreach (var answer in answers.Where(a => a.Status != HttpStatusCode.Created))
            answer.MustBeProblem(HttpStatusCode.UnprocessableEntity, "id-reused");
        var quantity = int.Parse(bought[0]["lines.0.quantity"]!,
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(90 - quantity, await shop.AvailableAsync("sock"));
        await shop.MustAgreeAsync();
    }

    private async Task<Answer> SendAsync(string buyer, string product, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/checkout")
        {
            Content = new StringContent($$"""
                {"visitorId":"{{buyer}}","currency":"EUR",
                 "lines":[{{RaceShop.Lines((product, 1))}}],"payment":{"token":"tok_slow"}
                }
                """, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", buyer);
        using var response = await shop.Service.Client.SendAsync(request, ct);
        return await Answer.ReadAsync(response);
    }
}
