using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Api.Payments;

/// <summary>
/// Runs the webhooks' relay, which retries by itself, and logs when it begins to fail and when it
/// works again.
/// </summary>
internal sealed partial class WebhookService(
    WebhookRelay relay, TimeProvider time, ILogger<WebhookService> logger) : BackgroundService
{
    // A fault that is gone sooner was a retry's, and nobody's matter.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(relay.RunAsync(stoppingToken), WatchAsync(stoppingToken));

    private async Task WatchAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var isFailing = false;
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                var fault = relay.Fault;
                if (fault is not null && !isFailing) LogFault(fault);
                else if (fault is null && isFailing) LogRecovery();
                isFailing = fault is not null;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(LogLevel.Error, "A webhook cannot be handled; trying again.")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(LogLevel.Information, "Webhooks are handled again.")]
    private partial void LogRecovery();
}
