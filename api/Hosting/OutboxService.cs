using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// Runs the outbox relay, which retries faults of the world by itself, and logs when it begins to
/// fail and when it works again.
/// </summary>
internal sealed partial class OutboxService(
    OutboxRelay relay, TimeProvider time, ILogger<OutboxService> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(relay.RunAsync(stoppingToken), FaultWatch.RunAsync(
            () => relay.Fault, LogFault, LogRecovery, time, stoppingToken));

    [LoggerMessage(LogLevel.Error, "The outbox cannot be told to the log; trying again.")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(LogLevel.Information, "The outbox is told to the log again.")]
    private partial void LogRecovery();
}
