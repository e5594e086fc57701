using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Newcomers;

namespace StreamCommerce.Api.Recommendations;

/// <summary>Keeps the factors of new products up to date beside the traffic.</summary>
internal sealed class NewcomerService(
    NewcomerLearning learning, ModelSlot<ServedModel> models, TimeProvider time)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await learning.RunAsync(models, time, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
