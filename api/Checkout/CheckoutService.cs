using StreamCommerce.Engine;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Fraud;

namespace StreamCommerce.Api.Checkout;

/// <summary>
/// Takes on orders that a crash, a lost answer or a buyer left open: all of them at start-up, and
/// those that are due from then on.
/// </summary>
internal sealed partial class CheckoutService(
    OrderSaga saga,
    IOrderStore orders,
    FraudScreen screen,
    TimeProvider time,
    ILogger<CheckoutService> logger) : BackgroundService
{
    private Exception? _told;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host waits for what runs before the first await.
        await Task.Yield();
        try
        {
            // Beside the orders: they must not wait for a million old ones.
            var counting = CountAsync(stoppingToken);
            await ResumeAsync(stoppingToken);
            using var timer = new PeriodicTimer(Interval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RunDueAsync(time.GetUtcNow(), stoppingToken);
            await counting;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task ResumeAsync(CancellationToken ct)
    {
        try
        {
            var resumed = await saga.ResumeAsync(ct);
            if (resumed > 0) LogResumed(resumed);
        }
        catch (StoreUnavailableException fault)
        {
            // They are taken on when they are due.
            LogFault(fault);
        }
    }

    private async Task CountAsync(CancellationToken ct)
    {
        try
        {
            LogCounted(await FraudHistory.RebuildAsync(orders, screen, time.GetUtcNow(), ct));
        }
        catch (StoreUnavailableException fault)
        {
            LogFault(fault);
        }
    }

    private async Task RunDueAsync(DateTimeOffset due, CancellationToken ct)
    {
        try
        {
            await saga.RunDueAsync(due, ct);
            if (saga.Fault is { } fault && fault != _told) LogBroken(_told = fault);
        }
        catch (StoreUnavailableException fault)
        {
            // The disk's fault: the next round tries again.
            LogFault(fault);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} orders that were under way are taken on.")]
    private partial void LogResumed(int count);

    [LoggerMessage(LogLevel.Debug, "Fraud counters have seen {Count} stored orders again.")]
    private partial void LogCounted(int count);

    [LoggerMessage(LogLevel.Error, "An order cannot go on; it is tried again later.")]
    private partial void LogBroken(Exception fault);

    [LoggerMessage(LogLevel.Warning, "Open orders could not be taken on; trying again.")]
    private partial void LogFault(StoreUnavailableException fault);
}
