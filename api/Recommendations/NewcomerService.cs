using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Newcomers;

namespace StreamCommerce.Api.Recommendations;

/// <summary>Keeps the factors of new products up to date beside the traffic. A fault leaves those
/// of the last refresh, and the next one tries again.</summary>
internal sealed partial class NewcomerService(
    NewcomerLearning learning, ModelSlot<ServedModel> models, TimeProvider time,
    ILogger<NewcomerService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await learning.RunAsync(models, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFault(e);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "New products keep the factors that they had.")]
    private partial void LogFault(Exception fault);
}
