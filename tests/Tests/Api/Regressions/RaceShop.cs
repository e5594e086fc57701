using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Regressions;

/// <summary>
/// A service over HTTP with a bank in it, and what parallel buyers need. Each test sells products
/// of its own.
/// </summary>
public sealed class RaceShop : IAsyncLifetime
{
    private const string Bank = "bank";
    private const string Secret = "whsec_race";

    // No answer takes this long; whoever waits for one has found a fault.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);

    public RaceClock Clock { get; } = new();

    public ServiceFixture Service { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Service.Time = Clock;
        Service.Configuration["Payments:Gateways:0:Name"] = Bank;
        Service.Configuration["Payments:Gateways:0:Kind"] = "sandbox";
        Service.Configuration["Payments:Gateways:0:WebhookSecret"] = Secret;
        Service.Configuration["Payments:Gateways:0:SlowAnswer"] = RaceClock.SlowAnswer.ToString();
        // The test lets slow payments go; nobody else gives them up meanwhile.
        Service.Configuration["Payments:CallTimeout"] = "00:02:00";
        Service.Configuration["Api:RequestTimeout"] = "00:02:00";
        return Service.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Clock.LetGo();
        await Service.DisposeAsync();
        Clock.Dispose();
    }

    /// <summary>Sends so many requests at once and gives their answers in order.</summary>
    public static Task<Answer[]> AtOnceAsync(int count, Func<int, Task<Answer>> send) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => send(i))));

    /// <summary>Sends different requests at once.</summary>
    public static Task<Answer[]> AtOnceAsync(params Func<Task<Answer>>[] sends) =>
        AtOnceAsync(sends.Length, i => sends[i]());

    /// <summary>Returns when one more slow payment has come to its bank.</summary>
    public async Task SlowPaymentAsync()
    {
        using var end = Waiting();
        await Clock.SlowPaymentAsync(end.Token);
    }

    /// <summary>Asks until it is so, for two minutes at most.</summary>
    public static async Task<Answer> UntilAsync(Func<Task<Answer>> ask, Func<Answer, bool> isSo)
    {
        using var end = Waiting();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var answer = await ask();
            if (isSo(answer)) return answer;
            await timer.WaitForNextTickAsync(end.Token);
        }
    }

    public static string Lines(params (string Product, int Quantity)[] lines) =>
        string.Join(',', lines.Select(line =>
            $$$"""{"productId":"{{{line.Product}}}","quantity":{{{line.Quantity}}}}"""));

    /// <summary>A checkout whose visitor and key are the buyer's name.</summary>
    public Task<Answer> BuyAsync(
        string buyer, string product, int quantity = 1, string token = "tok_visa") =>
        CheckoutAsync(buyer, Lines((product, quantity)), token);

    public Task<Answer> CheckoutAsync(
        string buyer, string lines, string token = "tok_visa", string more = "",
        string? key = null) =>
        Service.PostAsync("/v1/checkout", $$"""
            {"visitorId":"{{buyer}}","currency":"EUR","lines":[{{lines}}],
             "payment":{"token":"{{token}}"}{{more}}
            }
            """, headers: ("Idempotency-Key", key ?? buyer));

    /// <summary>Buys what must be there, to be captured when it ships.</summary>
    public async Task<string> BuyOnShipmentAsync(string buyer, string product, int quantity)
    {
        var answer = await Service.PostAsync("/v1/checkout", $$"""
            {"visitorId":"{{buyer}}","currency":"EUR",
             "lines":[{{Lines((product, quantity))}}],
             "payment":{"token":"tok_visa","capture":"onShipment"}
            }
            """, headers: ("Idempotency-Key", buyer));
        return answer.MustBe(HttpStatusCode.Created)["id"]!;
    }

    /// <summary>Does something with an order, as <c>cancel</c>.</summary>
    public Task<Answer> DoAsync(string order, string action, string key, string body = "{}") =>
        Service.PostAsync($"/v1/orders/{order}/{action}", body,
            headers: ("Idempotency-Key", key));

    /// <summary>The same, again until no payment of the order is on its way.</summary>
    public Task<Answer> DoWhenFreeAsync(
        string order, string action, string key, string body = "{}") =>
        UntilAsync(() => DoAsync(order, action, key, body), answer => !IsInProgress(answer));

    public static bool IsInProgress(Answer answer) =>
        answer.Status == HttpStatusCode.Conflict
        && answer["type"]!.EndsWith(":in-progress", StringComparison.Ordinal);

    public Task<Answer> OrderAsync(string order) => Service.GetAsync($"/v1/orders/{order}");

    public async Task<long> AvailableAsync(string product) => long.Parse(
        (await Service.GetAsync($"/v1/stock/{product}"))["available"]!,
        CultureInfo.InvariantCulture);

    public static decimal Amount(Answer order, string what) =>
        decimal.Parse(order[$"payment.{what}.amount"]!, CultureInfo.InvariantCulture);

    /// <summary>What the bank itself has on record for an order.</summary>
    public async Task<IReadOnlyList<GatewayRecord>> AtBankAsync(string order)
    {
        var desk = Service.Host.Services.GetRequiredService<PaymentDesk>();
        var now = Clock.GetUtcNow();
        var records = new List<GatewayRecord>();
        string? page = null;
        do
        {
            var next = await desk.Gateways.Single().ListAsync(
                now.AddDays(-1), now.AddMinutes(1), page, Ct);
            records.AddRange(next.Records.Where(record => record.Order?.Value == order));
            page = next.Next;
        }
        while (page is not null);
        return records;
    }

    /// <summary>Delivers a record as the bank's webhook.</summary>
    public Task<Answer> NotifyAsync(GatewayRecord record)
    {
        var body = SandboxWebhook.Body(record);
        return Service.SendAsync(HttpMethod.Post, $"/v1/payments/webhooks/{Bank}", body,
            "application/json", (WebhookSignature.Header,
                WebhookSignature.Sign(body, Secret, Clock.GetUtcNow())));
    }

    /// <summary>Waits until all webhooks are handled.</summary>
    public async Task NotedAsync()
    {
        var store = Service.Host.Services.GetRequiredService<IWebhookStore>();
        using var end = Waiting();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await store.ListDueAsync(1, Ct)).Count > 0)
            await timer.WaitForNextTickAsync(end.Token);
    }

    /// <summary>
    /// Checks that shop and bank agree on every payment so far, and the ledger with the stock.
    /// </summary>
    public async Task MustAgreeAsync()
    {
        // The report leaves out what is younger: it may be under way.
        Clock.Move(ReconciliationDesk.Settling + TimeSpan.FromSeconds(1));
        var now = Clock.GetUtcNow();
        var report = await Service.GetAsync(string.Create(CultureInfo.InvariantCulture,
            $"/v1/payments/reconciliation?from={Text(now.AddDays(-1))}&to={Text(now)}"));
        Assert.Equal("[]", report.MustBe(HttpStatusCode.OK).Find("exceptions")!.ToJsonString());
        Assert.Equal("true", report["complete"]);
        var stock = await Service.GetAsync("/v1/stock/reconciliation");
        Assert.True(stock["isRight"] == "true", stock.Text);
    }

    private static CancellationTokenSource Waiting()
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        end.CancelAfter(WaitLimit);
        return end;
    }

    private static string Text(DateTimeOffset time) =>
        Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));
}
