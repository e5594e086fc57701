using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Api.Crash;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Payments;

public sealed class PaymentEndpointTests : IAsyncLifetime
{
    private const string Secret = "whsec_test";
    private const string Path = "/v1/payments/webhooks/test-bank";

    private readonly ServiceFixture _service = new();

    public ValueTask InitializeAsync()
    {
        _service.Configuration["Payments:Gateways:0:Name"] = "test-bank";
        _service.Configuration["Payments:Gateways:0:Kind"] = "sandbox";
        _service.Configuration["Payments:Gateways:0:WebhookSecret"] = Secret;
        return _service.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_signed_webhook_is_taken_and_its_duplicate_is_taken_as_one()
    {
        var first = await SendAsync(Body("a"));
        Assert.Equal("""{"duplicate":false}""", first.MustBe(HttpStatusCode.OK).Text);
        var second = await SendAsync(Body("a"));
        Assert.Equal("""{"duplicate":true}""", second.MustBe(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task A_webhook_with_a_wrong_or_no_signature_is_refused_by_the_header()
    {
        var wrong = await _service.PostAsync(Path, Body("b"),
            headers: (WebhookSignature.Header, "t=1,v1=00"));
        Assert.Equal("Stripe-Signature", wrong.MustBeProblem(
            HttpStatusCode.BadRequest, "invalid-request")["errors.0.field"]);
        var none = await _service.PostAsync(Path, Body("b"));
        none.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
    }

    [Fact]
    public async Task A_webhook_of_a_gateway_that_there_is_not_or_that_is_too_large_is_refused()
    {
        var unknown = await _service.PostAsync("/v1/payments/webhooks/nobody", "{}");
        unknown.MustBeProblem(HttpStatusCode.NotFound, "not-found");
        var large = await _service.PostAsync(Path, new string('x', 2 * 1024 * 1024));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.Status);
    }

    [Fact]
    public async Task Webhooks_are_replayed_by_command()
    {
        await SendAsync(Body("c"));
        await SendAsync(Body("d"));

        await using var verb = ServiceProcess.Start("webhooks", "replay", "--to",
            _service.Host.Address.ToString(), "--from", "1", "--all");
        var (code, output, errors) = await verb.EndAsync(TestContext.Current.CancellationToken);

        Assert.True(code == 0, errors);
        Assert.Contains("2 webhooks will be handled again", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_from_before_the_first_is_refused()
    {
        var answer = await _service.PostAsync(
            "/v1/payments/webhook-replays", """{"from":0}""");
        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
    }

    [Fact]
    public async Task The_buyers_confirmation_ends_a_step_up_once()
    {
        var payments = _service.Host.Services.GetRequiredService<PaymentDesk>();
        var request = new PaymentRequest(
            new(new("op-1"), new("order-9"), PaymentKind.Authorize, "test-bank",
                new(10m, Currency.Of("EUR")), DateTimeOffset.UnixEpoch),
            new PaymentMethod("tok_threeDSecureRequired"));
        var step = Assert.IsType<PaymentOutcome.ActionRequired>(
            await payments.ExecuteAsync(request, TestContext.Current.CancellationToken));
        var path = $"/v1/payments/sandbox/test-bank/confirmations/{step.Reference}";

        var answer = await _service.PostAsync(path, """{"approve":true}""");

        answer.MustBe(HttpStatusCode.OK);
        Assert.Equal(("order-9", "succeeded"), (answer["orderId"], answer["state"]));
        (await _service.PostAsync(path, """{"approve":false}"""))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_shop_without_payments_has_an_empty_report()
    {
        var time = TimeProvider.System.GetUtcNow();
        var from = Uri.EscapeDataString(time.AddDays(-1).ToString("O"));
        var to = Uri.EscapeDataString(time.AddHours(1).ToString("O"));
        var empty = await _service.GetAsync(
            $"/v1/payments/reconciliation?from={from}&to={to}");
        Assert.Equal("true", empty.MustBe(HttpStatusCode.OK).Find("complete")!.ToJsonString());
        Assert.Equal("[]", empty.Find("exceptions")!.ToJsonString());
    }

    [Theory]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z")]
    [InlineData("from=yesterday&to=2026-02-01T00:00:00Z")]
    [InlineData("to=2026-02-01T00:00:00Z")]
    public async Task A_report_of_no_time_or_too_much_is_refused(string query)
    {
        var answer = await _service.GetAsync($"/v1/payments/reconciliation?{query}");
        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
    }

    private static string Body(string id) => Encoding.UTF8.GetString(SandboxWebhook.Body(new(
        new(id), new("order-1"), PaymentKind.Capture, PaymentState.Succeeded,
        new(10m, Currency.Of("EUR")), "sbx_" + id, DateTimeOffset.UnixEpoch)));

    private Task<Answer> SendAsync(string body) => _service.PostAsync(Path, body,
        headers: (WebhookSignature.Header, WebhookSignature.Sign(
            Encoding.UTF8.GetBytes(body), Secret, TimeProvider.System.GetUtcNow())));
}
