namespace StreamCommerce.Api.Hosting;

/// <summary>
/// Logs when what other instances write is not followed any more, and when it is again. The feed
/// itself runs since the stores were opened.
/// </summary>
internal sealed partial class FeedService(
    ShopCore core, TimeProvider time, ILogger<FeedService> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        core.Stores.Feed is { } feed
            ? FaultWatch.RunAsync(() => feed.Fault, LogFault, LogRecovery, time, stoppingToken)
            : Task.CompletedTask;

    [LoggerMessage(LogLevel.Error, "Other instances' changes are not followed; trying again.")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(LogLevel.Information, "Other instances' changes are followed again.")]
    private partial void LogRecovery();
}
