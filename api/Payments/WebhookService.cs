using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Api.Payments;

/// <summary>
/// Runs the webhooks' relay, which retries by itself, and logs when it begins to fail and when it
/// works again.
/// </summary>
internal sealed partial class WebhookService(
    WebhookRelay relay, TimeProvider time, ILogger<WebhookService> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(relay.RunAsync(stoppingToken), FaultWatch.RunAsync(
            () => relay.Fault, LogFault, LogRecovery, time, stoppingToken));

    [LoggerMessage(LogLevel.Error, "A webhook cannot be handled; trying again.")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(LogLevel.Information, "Webhooks are handled again.")]
    private partial void LogRecovery();
}
