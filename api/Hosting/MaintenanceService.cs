using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// What time alone makes due: <see cref="Housekeeping"/> in the stores, and retention in the log
/// where no traffic does it.
/// </summary>
internal sealed partial class MaintenanceService(
    IEventLog log,
    Housekeeping housekeeping,
    TimeProvider time,
    ILogger<MaintenanceService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Housekeeping.Interval, time);
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
            await housekeeping.RunOnceAsync(ct);
            // A hub does it itself.
            if (log is EmbeddedEventLog embedded) embedded.ApplyRetention();
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
