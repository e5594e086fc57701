using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Checkout;

/// <summary>Orders that a person, or a slow gateway, is still to decide about.</summary>
public sealed class ScreenedCheckoutTests : IAsyncLifetime
{
    private readonly ServiceFixture _service = new();

    public async ValueTask InitializeAsync()
    {
        _service.Configuration["Payments:Gateways:0:Name"] = "sandbox";
        _service.Configuration["Payments:Gateways:0:Kind"] = "sandbox";
        _service.Configuration["Payments:Gateways:0:SlowAnswer"] = "00:00:01";
        await _service.InitializeAsync();
        await _service.PutProductAsync("tea", 10m, units: 50);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_reviewer_lets_orders_pass_or_not()
    {
        await ScreenAsync("review");
        var good = await _service.BuyAsync("good", "tea");
        var bad = await _service.BuyAsync("bad", "tea");
        Assert.Equal("inReview", good.MustBe(HttpStatusCode.Accepted)["state"]);
        var queue = await _service.GetAsync("/v1/fraud/reviews?limit=1");
        Assert.Equal((bad["id"], bad["id"], "ALL"), (queue["reviews.0.orderId"], queue["next"],
            queue["reviews.0.screening.reasons.0.code"]));
        Assert.Equal(good["id"], (await _service.GetAsync(
            $"/v1/fraud/reviews?before={bad["id"]}"))["reviews.0.orderId"]);

        var approved = await ReviewAsync(good["id"]!, "approve");
        var again = await ReviewAsync(good["id"]!, "approve");
        var rejected = await ReviewAsync(bad["id"]!, "reject");

        Assert.Equal("confirmed", approved.MustBe(HttpStatusCode.OK)["state"]);
        Assert.Equal("confirmed", again.MustBe(HttpStatusCode.OK)["state"]);
        Assert.Equal("failed", rejected.MustBe(HttpStatusCode.OK)["state"]);
        Assert.Equal("48", await _service.AvailableAsync("tea"));
        Assert.Equal("[]", (await _service.GetAsync("/v1/fraud/reviews"))
            .Find("reviews")!.ToJsonString());
        // The answer to a repetition is the first one.
        Assert.Equal(good.Text, (await _service.BuyAsync("good", "tea")).Text);
        Assert.Equal("inReview", (await _service.BuyAsync("bad", "tea"))["state"]);
    }

    [Fact]
    public async Task A_challenged_buyer_confirms_and_a_blocked_one_is_told_no_more()
    {
        await ScreenAsync("challenge");
        var asked = await _service.BuyAsync("c", "tea");
        await ScreenAsync("block");
        var blocked = await _service.BuyAsync("b", "tea");

        Assert.Equal("actionRequired", asked.MustBe(HttpStatusCode.Accepted)["state"]);
        blocked.MustBeProblem(HttpStatusCode.Forbidden, "fraud-suspected");
        Assert.DoesNotContain("ALL", blocked.Text, StringComparison.Ordinal);
        var log = await _service.GetAsync("/v1/fraud/decisions");
        Assert.Equal(("block", "challenge"),
            (log["decisions.0.decision"], log["decisions.1.decision"]));
        Assert.Equal("48", await _service.AvailableAsync("tea"));
    }

    [Fact]
    public async Task A_review_that_cannot_be_is_refused()
    {
        var noOrder = await ReviewAsync("none", "approve");
        var noReviewer = await _service.PostAsync("/v1/fraud/reviews/none",
            """{"verdict":"approve","reviewer":""}""", headers: ("Idempotency-Key", "k"));
        var noVerdict = await _service.PostAsync("/v1/fraud/reviews/none",
            """{"verdict":"maybe","reviewer":"r"}""", headers: ("Idempotency-Key", "k"));
        var noKey = await _service.PostAsync(
            "/v1/fraud/reviews/none", """{"verdict":"approve","reviewer":"r"}""");
        var order = await _service.BuyAsync("paid", "tea");

        noOrder.MustBeProblem(HttpStatusCode.NotFound, "unknown-order");
        Assert.Equal("/reviewer", noReviewer["errors.0.field"]);
        Assert.Equal("/verdict", noVerdict["errors.0.field"]);
        Assert.Equal("Idempotency-Key", noKey["errors.0.field"]);
        (await ReviewAsync(order["id"]!, "approve"))
            .MustBeProblem(HttpStatusCode.Conflict, "order-state");
        (await _service.GetAsync("/v1/fraud/reviews?limit=501"))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_repetition_during_the_first_request_is_told_to_come_back()
    {
        var first = _service.BuyAsync("slow", "tea", "tok_slow");
        while (await _service.AvailableAsync("tea") == "50")
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        var again = await _service.BuyAsync("slow", "tea", "tok_slow");

        again.MustBeProblem(HttpStatusCode.Conflict, "in-progress");
        Assert.Equal("1", again.Headers["Retry-After"]);
        Assert.Equal("confirmed", (await first).MustBe(HttpStatusCode.Created)["state"]);
        Assert.Equal((await first).Text, (await _service.BuyAsync("slow", "tea", "tok_slow"))
            .MustBe(HttpStatusCode.Created).Text);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_order_without_an_answer_of_the_gateway_is_accepted_and_goes_on()
    {
        var answer = await _service.BuyAsync("lost", "tea", "tok_lostAnswer");
        Assert.Equal("authorizing", answer.MustBe(HttpStatusCode.Accepted)["state"]);
        Assert.Equal("True", answer["payment.pending"], ignoreCase: true);

        var state = "authorizing";
        while (state == "authorizing")
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            state = (await _service.GetAsync($"/v1/orders/{answer["id"]}"))["state"];
        }

        Assert.Contains(state, new[] { "placed", "confirmed" });
    }

    private async Task ScreenAsync(string decision) =>
        (await _service.PutAsync("/v1/fraud/rules", $$"""
            {"version":"{{decision}}","currency":"EUR",
             "thresholds":{"challenge":30,"review":60,"block":85},
             "rules":[{"name":"all","reason":"ALL","points":1,"decision":"{{decision}}",
                       "when":[{"signal":"amount","atLeast":0.01}]}]}
            """)).MustBe(HttpStatusCode.OK);

    private Task<Answer> ReviewAsync(string order, string verdict) =>
        _service.PostAsync($"/v1/fraud/reviews/{order}",
            $$"""{"verdict":"{{verdict}}","reviewer":"rita","note":"seen"}""",
            headers: ("Idempotency-Key", "k"));
}
