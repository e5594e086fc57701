using StreamCommerce.Engine.Recommendations;

namespace StreamCommerce.Api.Recommendations;

/// <summary>
/// Keeps the service at the registry's current model. Started before the service listens, so that
/// the first request is answered by it where the registry can be asked.
/// </summary>
internal sealed class ModelService(IModelWatch watch, ModelOptions options) : BackgroundService
{
    // A registry that does not answer must not keep a shop closed.
    private static readonly TimeSpan FirstLookLimit = TimeSpan.FromSeconds(10);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(FirstLookLimit);
        try
        {
            await watch.LookAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The watch goes on asking.
        }
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await watch.RunAsync(options.PollInterval, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
