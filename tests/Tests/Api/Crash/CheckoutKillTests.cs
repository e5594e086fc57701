using StreamCommerce.Tests.Api.Hosting;
using StreamCommerce.Tests.Api.Regressions;
using Xunit;

namespace StreamCommerce.Tests.Api.Crash;

/// <summary>
/// <c>kill -9</c> of the service at random moments while many buyers order over HTTP, each of
/// whom keeps what was answered. Larger by the environment: STREAMCOMMERCE_KILLS (default 2),
/// STREAMCOMMERCE_KILL_BUYERS (default 24), STREAMCOMMERCE_KILL_SEED (default 1).
/// </summary>
public sealed class CheckoutKillTests : IAsyncDisposable
{
    private static readonly int Kills = KillTests.Setting("STREAMCOMMERCE_KILLS", 2);
    private static readonly int Buyers = KillTests.Setting("STREAMCOMMERCE_KILL_BUYERS", 24);
    private static readonly int Seed = KillTests.Setting("STREAMCOMMERCE_KILL_SEED", 1);

    // What buyers are answered between two kills: from the first moment to a busy shop.
    private const int FewestAnswers = 20;
    private const int MostAnswers = 500;

    private readonly RaceClock _clock = new();
    private readonly ServiceFixture _shop = new();

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        _clock.Dispose();
    }

    [Fact(Timeout = 1_500_000)]
    public async Task However_often_the_service_is_killed_buyers_have_what_they_were_told()
    {
        var ct = TestContext.Current.CancellationToken;
        var from = _clock.GetUtcNow().AddHours(-1);
        var storage = await _shop.OpenStorageAsync();
        var service = await ServiceProcess.ServeAsync(
            _shop.Folder, "http://127.0.0.1:0", ct, storage);
        var address = service.Address!;
        using var ledger = new BuyerLedger(address);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var received = await StockAsync(address, ct);
        var crowd = new BuyerCrowd(ledger, Seed).RunAsync(Buyers, stop.Token, ct);
        try
        {
            var random = new Random(Seed);
            for (var i = 0; i < Kills; i++)
            {
                await WaitForAnswersAsync(
                    ledger, random.Next(FewestAnswers, MostAnswers), crowd, ct);
                await service.KillAsync(ct);
                await service.DisposeAsync();
                service = await ServiceProcess.ServeAsync(
                    _shop.Folder, $"{address}", ct, storage);
            }
            await stop.CancelAsync();
            await crowd;
            // Who hung up asks again, with the same key.
            foreach (var entry in ledger.Entries)
                if (entry.Checkout.Answer is null) await ledger.SendAsync(entry.Checkout, ct);
            // And some of those who know ask once more: the same order, not another.
            foreach (var entry in ledger.Entries.Where((_, i) => i % 7 == 0))
                await ledger.TryAsync(entry.Checkout, ct);
            await service.KillAsync(ct);
        }
        finally
        {
            await service.DisposeAsync();
        }
        await AuditAsync(ledger, received, from, ct);
    }

    private async Task AuditAsync(
        BuyerLedger ledger, IReadOnlyDictionary<string, long> received, DateTimeOffset from,
        CancellationToken ct)
    {
        _shop.Time = _clock;
        _shop.Configuration.Remove("Log:PartitionCount");
        await _shop.InitializeAsync();
        var audit = new ShopAudit(_shop, _clock);
        await audit.ReadAsync(ct);
        audit.CheckOrders(ledger);
        await audit.CheckStockAsync(received);
        await audit.CheckMoneyAsync(from);
        Assert.Empty(ledger.Faults);
        TestContext.Current.SendDiagnosticMessage(
            $"{Kills} kills: {ledger.Entries.Count} buyers, {ledger.AnsweredCount} answers, " +
            $"{ledger.LostCount} lost; {audit.PlacedCount} orders placed ({audit.States}); " +
            $"{audit.Matched} payments agree with the bank.");
    }

    private static async Task<IReadOnlyDictionary<string, long>> StockAsync(
        Uri address, CancellationToken ct)
    {
        var received = BuyerCrowd.Products.ToDictionary(product => product, _ => 1_000_000L);
        // So few that many buyers come too late.
        received["hot"] = 40L * (Kills + 1);
        using var client = new HttpClient { BaseAddress = address };
        foreach (var (product, units) in received)
        {
            await SendAsync(client, HttpMethod.Put, $"v1/products/{product}", $$"""
                {"price":{"amount":2.50,"currency":"EUR"},"title":"{{product}}"}
                """, ct);
            await SendAsync(client, HttpMethod.Post, $"v1/stock/{product}/receipts",
                $$"""{"quantity":{{units}}}""", ct);
        }
        await SendAsync(client, HttpMethod.Put, $"v1/products/{BuyerCrowd.Bundle}", """
            {"title":"Basket","price":{"amount":6.90,"currency":"EUR"},"components":[
             {"productId":"apple","quantity":2},{"productId":"plum","quantity":1}]}
            """, ct);
        return received;
    }

    private static async Task SendAsync(
        HttpClient client, HttpMethod method, string path, string body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        using var response = await client.SendAsync(request, ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(ct));
    }

    private static async Task WaitForAnswersAsync(
        BuyerLedger ledger, int more, Task crowd, CancellationToken ct)
    {
        var until = ledger.AnsweredCount + more;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (ledger.AnsweredCount < until && !crowd.IsCompleted)
            await timer.WaitForNextTickAsync(ct);
    }
}
