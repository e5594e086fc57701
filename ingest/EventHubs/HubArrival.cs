using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Logging;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// The first word with the hub. Where it does not answer, but has before, a loop goes on asking
/// until it does. Any thread.
/// </summary>
internal sealed partial class HubArrival : IAsyncDisposable
{
    private readonly EventHubProducerClient _producer;
    private readonly EventHubsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _asking = Task.CompletedTask;
    private long _awayTicks;

    private HubArrival(
        EventHubProducerClient producer, EventHubsOptions options, TimeProvider time,
        ILogger logger) =>
        (_producer, _options, _time, _logger) = (producer, options, time, logger);

    /// <summary>As the hub has told, now or before.</summary>
    public int PartitionCount { get; private init; }

    /// <summary>Since when the hub is awaited; null once it has answered.</summary>
    public DateTimeOffset? AwaySince => Volatile.Read(ref _awayTicks) is > 0 and var ticks
        ? new(ticks, TimeSpan.Zero) : null;

    /// <summary>Why it was away at first; null where it has answered at once.</summary>
    public IOException? Fault { get; private init; }

    /// <summary>Asks what partitions there are.</summary>
    /// <exception cref="IOException">The hub refuses, does not answer and never has, or is not the
    /// one that events wait for here.</exception>
    public static async Task<HubArrival> BeginAsync(
        EventHubProducerClient producer, EventHubsOptions options, TimeProvider time,
        ILogger logger, CancellationToken ct)
    {
        HubArrival arrival;
        try
        {
            var count = (await producer.FindPartitionsAsync(ct)).Length;
            arrival = new(producer, options, time, logger) { PartitionCount = count };
        }
        catch (IOException e) when (e.IsAway())
        {
            var count = KnownHub.Find(options.SpillDirectory,
                producer.FullyQualifiedNamespace, producer.EventHubName)?.PartitionCount
                ?? throw new IOException($"{e.Message} It was never reached with " +
                    $"{options.SpillDirectory}, so how many partitions it has is not known.", e);
            arrival = new(producer, options, time, logger) { PartitionCount = count, Fault = e };
            arrival._awayTicks = time.GetUtcNow().UtcTicks;
            arrival.LogAwaited(producer.EventHubName, arrival.PartitionCount, e.Message);
            arrival._asking = Task.Run(arrival.AskOnAsync, CancellationToken.None);
            return arrival;
        }
        var hub = new KnownHub(
            producer.FullyQualifiedNamespace, producer.EventHubName, arrival.PartitionCount);
        hub.CheckSpills(options, ct);
        arrival.Note(hub);
        return arrival;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        _stop.Dispose();
    }

    private async Task AskOnAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.DrainInterval, _time, _stop.Token);
                try
                {
                    var count = (await _producer.FindPartitionsAsync(_stop.Token)).Length;
                    if (count != PartitionCount)
                        LogChanged(_producer.EventHubName, count, PartitionCount);
                    Volatile.Write(ref _awayTicks, 0);
                    LogArrived(_producer.EventHubName);
                    return;
                }
                catch (Exception e) when (!_stop.IsCancellationRequested)
                {
                    LogStillAwaited(e, _producer.EventHubName);
                }
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // Whatever the client says while it is told to stop.
        }
    }

    private void Note(KnownHub hub)
    {
        // Who wants no spill may have no disk, and is not to be opened while the hub is away.
        if (_options.SpillBytes == 0) return;
        try
        {
            hub.Write(_options.SpillDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotNoted(e, hub.Hub, _options.SpillDirectory);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What is known of the hub {Hub} cannot be noted in " +
        "{Directory}: this service would not start while the hub is away.")]
    private partial void LogNotNoted(Exception e, string hub, string directory);

    [LoggerMessage(LogLevel.Error, "The hub {Hub} is away; opened with its {Count} partitions " +
        "of before. Events are kept here until it is back: {Fault}")]
    private partial void LogAwaited(string hub, int count, string fault);

    [LoggerMessage(LogLevel.Debug, "The hub {Hub} is still away.")]
    private partial void LogStillAwaited(Exception e, string hub);

    [LoggerMessage(LogLevel.Information, "The hub {Hub} is there.")]
    private partial void LogArrived(string hub);

    [LoggerMessage(LogLevel.Critical, "The hub {Hub} has {Count} partitions now, not {Before}: " +
        "restart, so that events go where the service puts them.")]
    private partial void LogChanged(string hub, int count, int before);
}
