using System.Net;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Checkout;

public sealed class OrderEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_cancelled_order_gives_stock_and_money_back()
    {
        await service.PutProductAsync("tea", 3m, units: 5);
        var id = await service.BuyIdAsync("c1", "tea");

        var cancelled = await service.DoAsync(id, "cancel", "x", """{"reason":"too late"}""");

        cancelled.MustBe(HttpStatusCode.OK);
        Assert.Equal(("cancelled", "too late"), (cancelled["state"], cancelled["reason"]));
        Assert.Equal(("6", "6"),
            (cancelled["payment.captured.amount"], cancelled["payment.refunded.amount"]));
        Assert.Equal("5", await service.AvailableAsync("tea"));
        Assert.Equal(cancelled.Text, (await service.DoAsync(
            id, "cancel", "x", """{"reason":"too late"}""")).Text);
        (await service.DoAsync(id, "cancel", "y"))
            .MustBeProblem(HttpStatusCode.Conflict, "order-state");
    }

    [Fact]
    public async Task A_repeated_checkout_is_answered_as_the_first_after_refund_and_cancel()
    {
        await service.PutProductAsync("rum", 3m, units: 5);
        var first = await service.BuyAsync("r1", "rum");
        await service.DoAsync(first["id"]!, "refunds", "f",
            """{"amount":{"amount":1,"currency":"EUR"}}""");
        await service.DoAsync(first["id"]!, "cancel", "x");

        var again = await service.BuyAsync("r1", "rum");

        Assert.Equal(first.MustBe(HttpStatusCode.Created).Text,
            again.MustBe(HttpStatusCode.Created).Text);
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
    }

    [Fact]
    public async Task Parts_are_shipped_refunded_and_returned()
    {
        await service.PutProductAsync("jam", 3m, units: 5);
        var id = await service.BuyIdAsync("p1", "jam");
        const string One = """{"lines":[{"productId":"jam","quantity":1}]}""";

        var part = await service.DoAsync(id, "shipments", "s1", One);
        var rest = await service.DoAsync(id, "shipments", "s2");
        var refund = await service.DoAsync(id, "refunds", "f1",
            """{"amount":{"amount":0.50,"currency":"EUR"},"reason":"scratched"}""");
        var back = await service.DoAsync(id, "returns", "b1", One);

        Assert.Equal(("partlyShipped", "1"), (part["state"], part["lines.0.shipped"]));
        Assert.Equal(("shipped", "2"), (rest["state"], rest["lines.0.shipped"]));
        Assert.Equal("0.50", refund["payment.refunded.amount"]);
        Assert.Equal(("shipped", "1", "3.50"), (back["state"], back["lines.0.returned"],
            back["payment.refunded.amount"]));
        Assert.Equal("4", await service.AvailableAsync("jam"));
    }

    [Fact]
    public async Task Money_is_taken_on_shipment_or_by_hand_as_agreed()
    {
        await service.PutProductAsync("ale", 3m, units: 9);
        Task<Answer> LaterAsync(string key) => service.PostAsync("/v1/checkout", $$"""
            {"visitorId":"l","currency":"EUR",
             "payment":{"token":"tok_visa","capture":"onShipment"},
             "lines":[{"productId":"ale","quantity":2}]}
            """, headers: ("Idempotency-Key", key));

        var first = await LaterAsync("l1");
        var shipped = await service.DoAsync(first["id"]!, "shipments", "s");
        var second = await LaterAsync("l2");
        var captured = await service.DoAsync(second["id"]!, "capture", "p",
            """{"amount":{"amount":5,"currency":"EUR"}}""");

        first.MustBe(HttpStatusCode.Created);
        Assert.Equal(("placed", "6", "0"), (first["state"],
            first["payment.authorized.amount"], first["payment.captured.amount"]));
        Assert.Equal(("shipped", "6"),
            (shipped["state"], shipped["payment.captured.amount"]));
        Assert.Equal("confirmed", captured["state"]);
        Assert.StartsWith("5", captured["payment.captured.amount"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_buyer_confirms_a_payment_and_comes_back()
    {
        await service.PutProductAsync("gin", units: 5);
        var asked = await service.BuyAsync("d1", "gin", "tok_threeDSecureRequired");
        var id = asked.MustBe(HttpStatusCode.Accepted)["id"]!;
        Assert.Equal("actionRequired", asked["state"]);
        Assert.Equal("3", await service.AvailableAsync("gin"));

        var early = await service.DoAsync(id, "payment/resume", "b0");
        await service.PostAsync("/v1/payments/sandbox/sandbox/confirmations/" +
            asked["payment.actionToken"], """{"approve":true}""");
        var resumed = await service.DoAsync(id, "payment/resume", "b1");
        var again = await service.DoAsync(id, "payment/resume", "b1");

        Assert.Equal("actionRequired", early.MustBe(HttpStatusCode.OK)["state"]);
        Assert.Equal("confirmed", resumed.MustBe(HttpStatusCode.OK)["state"]);
        Assert.Equal(resumed.Text, again.MustBe(HttpStatusCode.OK).Text);
        // The first answer stays the first answer, its token too.
        var replay = await service.BuyAsync("d1", "gin", "tok_threeDSecureRequired");
        Assert.Equal(asked.Text, replay.MustBe(HttpStatusCode.Accepted).Text);
    }

    [Fact]
    public async Task A_declined_payment_keeps_no_stock()
    {
        await service.PutProductAsync("oat", units: 5);
        var answer = await service.BuyAsync("n1", "oat", "tok_chargeDeclinedInsufficientFunds");

        answer.MustBeProblem(HttpStatusCode.PaymentRequired, "payment-declined");
        Assert.Contains("insufficient_funds", answer["detail"], StringComparison.Ordinal);
        Assert.Equal("5", await service.AvailableAsync("oat"));
        var attempts = await service.GetAsync("/v1/orders?attempts=true&state=failed");
        Assert.Contains(attempts.Json["orders"]!.AsArray(),
            order => order!["visitorId"]!.ToString() == "n1");
    }

    [Fact]
    public async Task What_costs_nothing_needs_no_payment_and_what_costs_does()
    {
        await service.PutProductAsync("sample", 0m, units: 5);
        await service.PutProductAsync("bread", 1m, units: 5);
        Task<Answer> UnpaidAsync(string product) => service.PostAsync("/v1/checkout", $$"""
            {"visitorId":"u","currency":"EUR","lines":[{"productId":"{{product}}","quantity":1}]}
            """, headers: ("Idempotency-Key", product));

        var free = await UnpaidAsync("sample");
        var unpaid = await UnpaidAsync("bread");

        Assert.Equal("confirmed", free.MustBe(HttpStatusCode.Created)["state"]);
        Assert.Null(free.Find("payment"));
        unpaid.MustBeProblem(HttpStatusCode.PaymentRequired, "payment-required");
        Assert.Equal("/payment", unpaid["errors.0.field"]);
    }

    [Fact]
    public async Task Orders_are_listed_by_customer_and_state_page_by_page()
    {
        await service.PutProductAsync("pea", units: 50);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add(await service.BuyIdAsync($"q{i}", "pea", """ "customerId":"cleo", """));
        await service.DoAsync(ids[1], "shipments", "s");

        async Task<string[]> ListAsync(string query) => [.. (await service.GetAsync(
            "/v1/orders?customer=cleo" + query)).MustBe(HttpStatusCode.OK).Json["orders"]!
            .AsArray().Select(order => order!["id"]!.ToString())];

        Assert.Equal([ids[4], ids[3], ids[2], ids[1], ids[0]], await ListAsync(""));
        Assert.Equal([ids[2], ids[1]], await ListAsync($"&newest=2&before={ids[3]}"));
        Assert.Equal([ids[1]], await ListAsync("&state=shipped"));
        Assert.Equal([ids[0]], await ListAsync($"&state=confirmed&before={ids[1]}"));
    }

    [Theory]
    [InlineData("state=bought", "state")]
    [InlineData("state=5", "state")]
    [InlineData("newest=0", "newest")]
    [InlineData("newest=501", "newest")]
    public async Task A_list_that_cannot_be_is_refused(string query, string field)
    {
        var answer = await service.GetAsync("/v1/orders?" + query);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(field, answer["errors.0.field"]);
    }

    [Theory]
    [InlineData("refunds", """{"amount":{"amount":1,"currency":"USD"}}""", 400,
        "/amount/currency")]
    [InlineData("refunds", """{"amount":{"amount":0,"currency":"EUR"}}""", 422, "/amount")]
    [InlineData("refunds", """{"amount":{"amount":-1,"currency":"EUR"}}""", 422, "/amount")]
    [InlineData("refunds", """{"amount":{"amount":0.001,"currency":"EUR"}}""", 422, "/amount")]
    [InlineData("refunds", """{"amount":{"amount":99,"currency":"EUR"}}""", 422, "/amount")]
    [InlineData("shipments", """{"lines":[null]}""", 400, "/lines/0")]
    [InlineData("shipments", """{"lines":[{"productId":"fig","quantity":3}]}""", 400, "/lines")]
    [InlineData("shipments", """{"lines":[{"productId":"fig","quantity":0}]}""", 400, "/lines")]
    [InlineData("shipments", """{"lines":[{"productId":"no","quantity":1}]}""", 400, "/lines")]
    [InlineData("shipments", """{"units":1}""", 400, "/units")]
    public async Task What_cannot_be_done_with_an_order_names_the_field(
        string action, string body, int status, string field)
    {
        await service.PutProductAsync("fig", 1m, units: 500);
        var id = await service.BuyIdAsync("fig" + StableHash.Of(action + body), "fig");

        var answer = await service.DoAsync(id, action, "k", body);

        Assert.Equal((status, field), ((int)answer.Status, answer["errors.0.field"]));
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("capture")]
    [InlineData("shipments")]
    [InlineData("refunds")]
    [InlineData("returns")]
    public async Task An_action_needs_a_key_and_an_order(string action)
    {
        var unknown = await service.DoAsync("none", action, "k");
        var noKey = await service.PostAsync($"/v1/orders/none/{action}", "{}");

        unknown.MustBeProblem(HttpStatusCode.NotFound, "unknown-order");
        noKey.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal("Idempotency-Key", noKey["errors.0.field"]);
    }

    [Fact]
    public async Task A_key_that_was_used_for_another_action_is_refused()
    {
        await service.PutProductAsync("nut", 3m, units: 5);
        var id = await service.BuyIdAsync("k1", "nut");
        await service.DoAsync(id, "refunds", "k", """{"amount":{"amount":1,"currency":"EUR"}}""");

        (await service.DoAsync(id, "refunds", "k",
            """{"amount":{"amount":2,"currency":"EUR"}}"""))
            .MustBeProblem(HttpStatusCode.UnprocessableEntity, "id-reused");
    }
}
