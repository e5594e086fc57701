using System.Text;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Stripe;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

public sealed class StripeGatewayTests : PaymentGatewayContract, IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Start);
    private StripeStub? _stub;
    private StripeGateway? _gateway;

    protected override IPaymentGateway Gateway => _gateway!;

    public async ValueTask InitializeAsync()
    {
        _stub = await StripeStub.StartAsync(_time);
        _gateway = Open("sk_test_stub");
    }

    public async ValueTask DisposeAsync()
    {
        _gateway?.Dispose();
        if (_stub is not null) await _stub.DisposeAsync();
    }

    protected override void Confirm(string reference, bool approve) =>
        _stub!.Confirm(reference, approve);

    [Fact]
    public async Task A_step_up_names_the_page_of_the_bank_and_the_scripts_secret()
    {
        var step = Assert.IsType<PaymentOutcome.ActionRequired>(await Gateway.AuthorizeAsync(
            Authorization("tok_threeDSecureRequired"), Ct));
        Assert.Equal("https://bank.example/confirm", step.Url!.ToString());
        Assert.Equal($"{step.Reference}_secret", step.Token);
    }

    [Fact]
    public async Task An_old_operation_is_searched_for_by_its_id()
    {
        var request = Authorization("tok_visa");
        await Gateway.AuthorizeAsync(request, Ct);
        _time.Advance(TimeSpan.FromDays(2));

        Assert.IsType<PaymentOutcome.Approved>(await Gateway.QueryAsync(request.Operation, Ct));
        Assert.IsType<PaymentOutcome.NeverSeen>(
            await Gateway.QueryAsync(Authorization("tok_visa").Operation, Ct));
        Assert.Contains("GET /v1/payment_intents/search", _stub!.Requests);
    }

    [Fact]
    public async Task A_young_operation_is_found_on_a_later_page()
    {
        _stub!.PageLimit = 2;
        var request = Authorization("tok_visa");
        await Gateway.AuthorizeAsync(request, Ct);
        for (var i = 0; i < 5; i++) await AuthorizeAsync("tok_visa", 10m);

        Assert.IsType<PaymentOutcome.Approved>(await Gateway.QueryAsync(request.Operation, Ct));
        Assert.Equal(6, (await ListAsync()).Count);
    }

    [Fact]
    public async Task What_was_done_before_the_key_was_forgotten_is_not_rejected()
    {
        var held = await AuthorizeAsync("tok_visa", 10m);
        var capture = Next(PaymentKind.Capture, 10m, held);
        await Gateway.CaptureAsync(capture, Ct);
        _stub!.ForgetKeys();

        Assert.IsType<PaymentOutcome.Approved>(await Gateway.CaptureAsync(capture, Ct));
        Assert.Single(await ListAsync(), one => one.Kind == PaymentKind.Capture);
    }

    [Fact]
    public async Task A_server_error_says_nothing_about_the_effect()
    {
        _stub!.FailWith = 500;
        await Assert.ThrowsAsync<HttpRequestException>(
            async () => await Gateway.AuthorizeAsync(Authorization("tok_visa"), Ct));
    }

    [Fact]
    public async Task A_wrong_key_has_done_nothing()
    {
        using var wrong = Open("sk_test_wrong");
        await Assert.ThrowsAsync<GatewayUnavailableException>(
            async () => await wrong.AuthorizeAsync(Authorization("tok_visa"), Ct));
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_has_done_nothing()
    {
        await _stub!.DisposeAsync();
        await Assert.ThrowsAsync<GatewayUnavailableException>(
            async () => await Gateway.AuthorizeAsync(Authorization("tok_visa"), Ct));
    }

    [Theory]
    [InlineData("EUR", "12.34", 1234)]
    [InlineData("JPY", "500", 500)]
    [InlineData("KWD", "1.230", 1230)]
    [InlineData("ISK", "7", 700)]
    [InlineData("MGA", "900", 900)]
    public void Amounts_are_counted_as_stripe_counts_them(
        string currency, string amount, long units)
    {
        var money = new Money(decimal.Parse(
            amount, System.Globalization.CultureInfo.InvariantCulture), Currency.Of(currency));
        Assert.True(StripeAmounts.TryFrom(money, out var counted));
        Assert.Equal(units, counted);
        Assert.Equal(money, StripeAmounts.ToMoney(units, currency.ToLowerInvariant()));
    }

    [Theory]
    [InlineData("EUR", "0.001")]
    [InlineData("KWD", "1.234")]
    [InlineData("MGA", "1.2")]
    [InlineData("EUR", "0")]
    public void Amounts_that_stripe_does_not_have_are_refused(string currency, string amount) =>
        Assert.False(StripeAmounts.TryFrom(new(decimal.Parse(
            amount, System.Globalization.CultureInfo.InvariantCulture),
            Currency.Of(currency)), out _));

    [Theory]
    [InlineData("payment_intent.amount_capturable_updated", "requires_capture",
        PaymentKind.Authorize, PaymentState.Succeeded)]
    [InlineData("payment_intent.payment_failed", "requires_payment_method",
        PaymentKind.Authorize, PaymentState.Declined)]
    [InlineData("payment_intent.succeeded", "succeeded",
        PaymentKind.Capture, PaymentState.Succeeded)]
    [InlineData("payment_intent.canceled", "canceled", PaymentKind.Void, PaymentState.Succeeded)]
    public void A_webhook_about_an_intent_is_read(
        string type, string status, PaymentKind kind, PaymentState state)
    {
        var notice = Gateway.ReadNotice(Event(type, $$"""
            {"id":"pi_1","object":"payment_intent","amount":1000,"amount_received":1000,
             "currency":"eur","created":1767600000,"status":"{{status}}",
             "metadata":{"operation":"op-7","order":"order-7"} }
            """))!;
        Assert.Equal((kind, state, "pi_1", "order-7", 10m),
            (notice.Kind, notice.State, notice.Reference, notice.Order!.Value.Value,
            notice.Amount.Amount));
    }

    [Fact]
    public void A_webhook_about_a_refund_is_read_and_one_about_a_customer_is_not()
    {
        var notice = Gateway.ReadNotice(Event("refund.created", """
            {"id":"re_1","object":"refund","amount":300,"currency":"eur","created":1767600000,
             "status":"succeeded","payment_intent":"pi_1",
             "metadata":{"operation":"op-8","order":"order-7"}}
            """))!;
        Assert.Equal((PaymentKind.Refund, "op-8", "pi_1"),
            (notice.Kind, notice.Operation!.Value.Value, notice.Reference));
        Assert.Null(Gateway.ReadNotice(Event("customer.created", """
            {"id":"cus_1","object":"customer"}
            """)));
        Assert.Throws<FormatException>(() => Gateway.ReadNotice("nonsense"u8));
    }

    private static byte[] Event(string type, string data) => Encoding.UTF8.GetBytes($$"""
        {"id":"evt_1","object":"event","api_version":"2020-08-27","created":1767600001,
         "type":"{{type}}","livemode":false,"data":{"object":{{data}} } }
        """);

    private StripeGateway Open(string key) => new(
        new()
        {
            Name = "stripe",
            Kind = GatewayKind.Stripe,
            Key = key,
            BaseAddress = _stub!.Address,
        },
        _time);
}
