using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

/// <summary>Webhooks from the door to the orders, on every store.</summary>
public abstract class WebhookRelayContract : IAsyncLifetime
{
    private const string Secret = "whsec_test";

    private readonly ShopFixture _shop;
    private readonly SandboxGateway _gateway;
    private readonly WebhookRelay _relay;
    private readonly WebhookDesk _desk;
    private readonly List<PaymentNotice> _handled = [];
    private Func<PaymentNotice, bool> _answer = _ => true;

    protected WebhookRelayContract(ShopFixture shop)
    {
        _shop = shop;
        var settings = new GatewayOptions { Name = "sandbox", WebhookSecret = Secret };
        var options = new PaymentOptions { Gateways = [settings] };
        _gateway = new(settings, shop.Time);
        var payments = new PaymentDesk([_gateway], options, shop.Time);
        _relay = new(payments, shop.Stores.Webhooks, HandleAsync, shop.Time);
        _desk = new(payments, shop.Stores.Webhooks, _relay, options, shop.Time);
    }

    public ValueTask InitializeAsync() => _shop.PrepareAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _relay.Dispose();
        _gateway.Dispose();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task A_webhook_that_comes_twice_is_handled_once()
    {
        Assert.Equal(WebhookReceipt.Stored, await ReceiveAsync(Captured("a")));
        Assert.Equal(WebhookReceipt.Duplicate, await ReceiveAsync(Captured("a")));
        await RunAsync();
        Assert.Equal(WebhookReceipt.Duplicate, await ReceiveAsync(Captured("a")));
        await RunAsync();

        var notice = Assert.Single(_handled);
        Assert.Equal(("a", PaymentKind.Capture, "order-1"),
            (notice.Operation!.Value.Value, notice.Kind, notice.Order!.Value.Value));
    }

    [Fact]
    public async Task A_webhook_whose_order_is_not_there_yet_comes_again_later()
    {
        _answer = _ => false;
        await ReceiveAsync(Captured("early"));
        await RunAsync();
        await RunAsync();
        Assert.Single(_handled);

        _answer = _ => true;
        _shop.Time.Advance(TimeSpan.FromSeconds(1));
        await RunAsync();
        _shop.Time.Advance(TimeSpan.FromDays(1));
        await RunAsync();
        Assert.Equal(2, _handled.Count);
    }

    [Fact]
    public async Task A_handler_that_fails_does_not_hold_up_the_others()
    {
        _answer = notice => notice.Operation!.Value.Value == "bad"
            ? throw new InvalidOperationException("a bug") : true;
        await ReceiveAsync(Captured("bad"));
        await ReceiveAsync(Captured("good"));
        await RunAsync();

        Assert.Equal(["bad", "good"], _handled.Select(one => one.Operation!.Value.Value));
        Assert.IsType<InvalidOperationException>(_relay.Fault);
    }

    [Fact]
    public async Task What_was_tried_too_often_is_given_up_until_a_replay()
    {
        _answer = _ => false;
        await ReceiveAsync(Captured("a"));
        for (var i = 0; i < 50; i++)
        {
            await RunAsync();
            _shop.Time.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal(WebhookRelay.TryLimit, _handled.Count);

        _answer = _ => true;
        Assert.Equal(1, await _relay.ReplayAsync(1, handledToo: false, _shop.Ct));
        await RunAsync();
        Assert.Equal(WebhookRelay.TryLimit + 1, _handled.Count);
    }

    [Fact]
    public async Task A_replay_of_all_handles_what_was_handled_from_a_number_on()
    {
        foreach (var id in (string[])["a", "b", "c"]) await ReceiveAsync(Captured(id));
        var stored = await _shop.Stores.Webhooks.ListDueAsync(10, _shop.Ct);
        await RunAsync();
        _handled.Clear();

        Assert.Equal(0, await _relay.ReplayAsync(1, handledToo: false, _shop.Ct));
        Assert.Equal(2,
            await _relay.ReplayAsync(stored[1].Number, handledToo: true, _shop.Ct));
        await RunAsync();

        Assert.Equal(["b", "c"], _handled.Select(one => one.Operation!.Value.Value));
    }

    [Fact]
    public async Task A_body_that_is_not_the_gateways_is_stored_and_given_up()
    {
        Assert.Equal(WebhookReceipt.Stored, await ReceiveAsync("""{"id":"evt_x","odd":1}"""u8));
        await RunAsync();
        Assert.IsType<FormatException>(_relay.Fault);
        Assert.Equal(1, await _relay.ReplayAsync(1, handledToo: false, _shop.Ct));
    }

    [Fact]
    public async Task Nothing_is_stored_of_what_is_not_signed()
    {
        var (receipt, _) = await _desk.ReceiveAsync(
            "sandbox", "t=1,v1=" + new string('0', 64), Captured("a"), _shop.Ct);
        Assert.Equal(WebhookReceipt.BadSignature, receipt);
        Assert.Equal(0, await _relay.ReplayAsync(1, handledToo: true, _shop.Ct));
    }

    [Fact]
    public async Task Handled_webhooks_are_forgotten_after_a_month()
    {
        await ReceiveAsync(Captured("a"));
        await RunAsync();
        _shop.Time.Advance(TimeSpan.FromDays(31));
        await RunAsync();
        Assert.Equal(0, await _relay.ReplayAsync(1, handledToo: true, _shop.Ct));
    }

    [Fact]
    public async Task The_loop_handles_what_it_is_woken_for()
    {
        var handled = new TaskCompletionSource();
        _answer = _ =>
        {
            handled.TrySetResult();
            return true;
        };
        using var stop = new CancellationTokenSource();
        var loop = _relay.RunAsync(stop.Token);

        await ReceiveAsync(Captured("a"));

        await handled.Task.WaitAsync(_shop.Ct);
        await stop.CancelAsync();
        await loop;
    }

    private ValueTask<bool> HandleAsync(PaymentNotice notice, CancellationToken ct)
    {
        _handled.Add(notice);
        return ValueTask.FromResult(_answer(notice));
    }

    private async Task RunAsync() => await _relay.RunOnceAsync(_shop.Ct);

    private Task<WebhookReceipt> ReceiveAsync(ReadOnlySpan<byte> body) =>
        ReceiveAsync(body.ToArray());

    private async Task<WebhookReceipt> ReceiveAsync(byte[] body)
    {
        var header = WebhookSignature.Sign(body, Secret, _shop.Time.GetUtcNow());
        return (await _desk.ReceiveAsync("sandbox", header, body, _shop.Ct)).Receipt;
    }

    private byte[] Captured(string id) => SandboxWebhook.Body(new(
        new(id), new("order-1"), PaymentKind.Capture, PaymentState.Succeeded,
        new(10m, Currency.Of("EUR")), "sbx_a", _shop.Time.GetUtcNow()));
}

public sealed class MemoryWebhookRelayTests() : WebhookRelayContract(ShopFixture.Memory());

public sealed class SqliteWebhookRelayTests() : WebhookRelayContract(ShopFixture.Sqlite());

public sealed class CosmosWebhookRelayTests() : WebhookRelayContract(ShopFixture.Cosmos());
