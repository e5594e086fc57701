using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// Runs the engine. A fault ends the engine, not the service: commands and the log go on, and
/// <c>/readyz</c> says why projections stand still.
/// </summary>
internal sealed partial class EngineService(CommerceEngine engine, ILogger<EngineService> logger)
    : BackgroundService
{
    private volatile Exception? _fault;

    /// <summary>Why the engine ended; null while it runs.</summary>
    public Exception? Fault => _fault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await engine.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            _fault = fault;
            LogFault(fault);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The engine has ended; projections stand still.")]
    private partial void LogFault(Exception fault);
}
