using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Ingest.EventHubs;

namespace StreamCommerce.Api.Profiles;

/// <summary>
/// Writes visitors' profiles from the hub's events, together with the other instances: each of them
/// owns some partitions. Logs when it stands still and when it goes on.
/// </summary>
internal sealed partial class ProfileService : BackgroundService
{
    private static readonly TimeSpan RestartWait = TimeSpan.FromSeconds(5);

    private readonly HubConsumer _consumer;
    private readonly TimeProvider _time;
    private readonly ILogger<ProfileService> _logger;

    public ProfileService(
        EventHubsOptions hub, ProfileOptions options, SharedStores stores, TimeProvider time,
        ILogger<ProfileService> logger, ILogger<HubConsumer> consumerLogger)
    {
        (_time, _logger) = (time, logger);
        var handler = new HubHandler
        {
            Handle = (partition, events, ct) =>
                stores.Profiles.ApplyAsync(partition, events, ct).AsTask(),
            SetAside = (partition, logged, reason, ct) => stores.Letters.KeepAsync(
                options.ConsumerGroup, partition, logged, reason, ct).AsTask(),
        };
        _consumer = HubConsumer.Make(hub, new ConsumerParts(
            options.ConsumerGroup, handler, stores.Places, time, consumerLogger,
            options.BatchLimit, options.Replay));
    }

    /// <summary>Why profiles have not been written for a while; null while they are.</summary>
    public IOException? Fault => _consumer.Fault;

    /// <summary>Events of this instance's partitions that are not in the profiles yet.</summary>
    public long Lag => _consumer.Lag;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RunAsync(stoppingToken), FaultWatch.RunAsync(
            () => Fault, LogFault, LogRecovery, _time, stoppingToken));

    private async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (!await TryStartAsync(ct)) await Task.Delay(RestartWait, _time, ct);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
        finally
        {
            await _consumer.StopProcessingAsync(CancellationToken.None);
        }
    }

    // The service serves without it, and the hub may come.
    private async Task<bool> TryStartAsync(CancellationToken ct)
    {
        try
        {
            await _consumer.StartProcessingAsync(ct);
            return true;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            LogNoStart(fault);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Profiles cannot be written yet; trying again.")]
    private partial void LogNoStart(Exception fault);

    [LoggerMessage(LogLevel.Error, "Profiles are not written; trying again.")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(LogLevel.Information, "Profiles are written again.")]
    private partial void LogRecovery();
}
