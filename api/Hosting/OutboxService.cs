using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Api.Hosting;

/// <summary>Runs the outbox relay, which retries faults of the world by itself.</summary>
internal sealed class OutboxService(OutboxRelay relay) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        relay.RunAsync(stoppingToken);
}
