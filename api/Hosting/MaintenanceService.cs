using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// What time alone makes due: expired reservations give their units back, old ids are forgotten,
/// retention removes old events where no traffic does it.
/// </summary>
internal sealed partial class MaintenanceService(
    EmbeddedEventLog log,
    IStockStore stock,
    ICartStore carts,
    ICheckoutStore checkout,
    TimeProvider time,
    ILogger<MaintenanceService> logger) : BackgroundService
{
    // Units of a broken checkout come back within seconds of its end.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Short transactions: buyers' commands go in between.
    private const int BatchLimit = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TidyAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TidyAsync(CancellationToken ct)
    {
        try
        {
            while (await stock.ExpireDueAsync(BatchLimit, ct) == BatchLimit)
                ct.ThrowIfCancellationRequested();
            var before = time.GetUtcNow() - CheckoutLedger.Retention;
            await checkout.ForgetKeysAsync(before, BatchLimit, ct);
            await carts.ForgetOperationsAsync(before, BatchLimit, ct);
            log.ApplyRetention();
        }
        catch (IOException fault)
        {
            // The disk's fault: the next round tries again.
            LogFault(fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Expiry or retention could not be done; trying again.")]
    private partial void LogFault(IOException fault);
}
