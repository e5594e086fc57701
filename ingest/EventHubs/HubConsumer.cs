using System.Globalization;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Microsoft.Extensions.Logging;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Reads a hub together with other instances: each owns some of the partitions, takes over those
/// of one that falls silent, and gives some up to one that joins. A checkpoint is written after
/// the handler's work is durable. Where a partition changes hands in between, events come again,
/// and <see cref="PartitionDelivery"/> leaves out what its handler's state already has.
/// </summary>
/// <remarks>Ownership is exclusive in the consumer group: a group is read by consumers, or by
/// logs, never by both. Start and stop are the base's.</remarks>
public sealed partial class HubConsumer : PluggableCheckpointStoreEventProcessor<OwnedPartition>
{
    private readonly HubHandler _handler;
    private readonly ReplayStart? _replay;
    private readonly TimeProvider _time;
    private readonly TimeSpan _checkpointInterval;
    private readonly ILogger<HubConsumer> _logger;

    private HubConsumer(
        string connectionString, EventHubsOptions options, ConsumerParts parts)
        : base(parts.Checkpoints, parts.BatchLimit, parts.Group, connectionString,
            options.Hub, Processing(options)) =>
        (_handler, _replay, _time, _checkpointInterval, _logger) = (parts.Handler, parts.Replay,
            parts.Time, options.CheckpointInterval, parts.Logger);

    private HubConsumer(EventHubsOptions options, ConsumerParts parts)
        : base(parts.Checkpoints, parts.BatchLimit, parts.Group, options.Namespace,
            options.Hub, new DefaultAzureCredential(), Processing(options)) =>
        (_handler, _replay, _time, _checkpointInterval, _logger) = (parts.Handler, parts.Replay,
            parts.Time, options.CheckpointInterval, parts.Logger);

    /// <summary>Makes a consumer, which does nothing until it is started.</summary>
    /// <param name="options">Checked here.</param>
    /// <param name="parts">Its group, its handler, and where it keeps its place.</param>
    /// <exception cref="ArgumentException">An option is missing or out of its range.</exception>
    public static HubConsumer Make(EventHubsOptions options, ConsumerParts parts)
    {
        options.Validate();
        return options.ConnectionString is { Length: > 0 } text
            ? new(text, options, parts) : new(options, parts);
    }

    protected override async Task OnInitializingPartitionAsync(
        OwnedPartition partition, CancellationToken cancellationToken)
    {
        var number = NumberOf(partition.PartitionId);
        // A replay handles again what the state has: then it is the handler that must not mind.
        var next = _replay is null ? await _handler.FindNext(number, cancellationToken) : null;
        partition.Delivery = new(number, next ?? 0, _handler, _time);
        partition.NotedAt = _time.GetTimestamp();
        LogTaken(Identifier, number, next);
    }

    protected override async Task<EventProcessorCheckpoint> GetCheckpointAsync(
        string partitionId, CancellationToken cancellationToken)
    {
        if (_replay is { } replay)
        {
            return At(partitionId, replay.SequenceNumber is { } number
                ? EventPosition.FromSequenceNumber(number, isInclusive: true)
                : EventPosition.FromEnqueuedTime(replay.After));
        }
        var next = await _handler.FindNext(NumberOf(partitionId), cancellationToken);
        return next is { } offset
            ? At(partitionId, EventPosition.FromSequenceNumber(offset, isInclusive: true))
            : await base.GetCheckpointAsync(partitionId, cancellationToken);
    }

    protected override async Task OnProcessingEventBatchAsync(
        IEnumerable<EventData> events, OwnedPartition partition,
        CancellationToken cancellationToken)
    {
        var received = events as IReadOnlyList<EventData> ?? [.. events];
        if (received.Count == 0 || partition.Delivery is not { } delivery) return;
        await delivery.DeliverAsync(received, cancellationToken);
        var last = received[^1];
        partition.Due = new(last.OffsetString, last.SequenceNumber);
        if (_time.GetElapsedTime(partition.NotedAt) >= _checkpointInterval)
            await NoteAsync(partition, cancellationToken);
        if (ReadLastEnqueuedEventProperties(partition.PartitionId).SequenceNumber is { } end)
        {
            HubInstruments.Lags(
                NumberOf(partition.PartitionId), ConsumerGroup, end - last.SequenceNumber);
        }
    }

    protected override Task OnProcessingErrorAsync(
        Exception exception, OwnedPartition? partition, string operationDescription,
        CancellationToken cancellationToken)
    {
        LogFault(exception, Identifier, partition?.PartitionId, operationDescription);
        return Task.CompletedTask;
    }

    protected override async Task OnPartitionProcessingStoppedAsync(
        OwnedPartition partition, ProcessingStoppedReason reason,
        CancellationToken cancellationToken)
    {
        LogGivenUp(Identifier, partition.PartitionId, partition.Delivery?.Next, reason);
        // Another owner may have come further already.
        if (reason == ProcessingStoppedReason.Shutdown)
            await NoteAsync(partition, cancellationToken);
    }

    private async Task NoteAsync(OwnedPartition partition, CancellationToken ct)
    {
        if (partition.Due is not { } due) return;
        await UpdateCheckpointAsync(partition.PartitionId, due, ct);
        (partition.Due, partition.NotedAt) = (null, _time.GetTimestamp());
    }

    private static EventProcessorOptions Processing(EventHubsOptions options) => new()
    {
        RetryOptions = HubConnections.Retries(options),
        PrefetchCount = options.PrefetchCount,
        MaximumWaitTime = null,
        TrackLastEnqueuedEventProperties = true,
        LoadBalancingStrategy = LoadBalancingStrategy.Greedy,
        LoadBalancingUpdateInterval = options.BalanceInterval,
        PartitionOwnershipExpirationInterval = options.OwnershipTime,
        DefaultStartingPosition = EventPosition.Earliest,
    };

    private EventProcessorCheckpoint At(string partitionId, EventPosition position) => new()
    {
        FullyQualifiedNamespace = FullyQualifiedNamespace,
        EventHubName = EventHubName,
        ConsumerGroup = ConsumerGroup,
        PartitionId = partitionId,
        StartingPosition = position,
    };

    private static int NumberOf(string partitionId) =>
        int.Parse(partitionId, CultureInfo.InvariantCulture);

    [LoggerMessage(LogLevel.Information,
        "Consumer {Consumer} has taken partition {Partition}; its state expects {Next}.")]
    private partial void LogTaken(string consumer, int partition, long? next);

    [LoggerMessage(LogLevel.Information,
        "Consumer {Consumer} has given up partition {Partition} at {Next}: {Reason}.")]
    private partial void LogGivenUp(
        string consumer, string partition, long? next, ProcessingStoppedReason reason);

    [LoggerMessage(LogLevel.Warning,
        "Consumer {Consumer}, partition {Partition}: {Operation} failed; it goes on.")]
    private partial void LogFault(
        Exception e, string consumer, string? partition, string operation);
}

/// <summary>A partition that a consumer owns for now.</summary>
public sealed class OwnedPartition : EventProcessorPartition
{
    internal PartitionDelivery? Delivery { get; set; }

    /// <summary>The checkpoint that is not written yet; null: none is missing.</summary>
    internal CheckpointPosition? Due { get; set; }

    /// <summary>When the last one was written, or the partition was taken.</summary>
    internal long NotedAt { get; set; }
}

/// <summary>What a consumer is made of.</summary>
/// <param name="Group">The consumer group, which is its own.</param>
/// <param name="Handler">What it does with events.</param>
/// <param name="Checkpoints">Shared by all instances of the group.</param>
/// <param name="Time">For the waits between tries.</param>
/// <param name="Logger">Told of partitions that come and go, and of faults.</param>
/// <param name="BatchLimit">Events of a call of the handler at most.</param>
/// <param name="Replay">Where to begin instead of the checkpoints; null: at these.</param>
public sealed record ConsumerParts(
    string Group, HubHandler Handler, HubCheckpoints Checkpoints, TimeProvider Time,
    ILogger<HubConsumer> Logger, int BatchLimit = 500, ReplayStart? Replay = null);
