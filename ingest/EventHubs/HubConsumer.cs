using System.Collections.Concurrent;
using System.Globalization;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Microsoft.Extensions.Logging;
using StreamCommerce.Ingest.Log.Groups;

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
    /// <summary>What stands still for less, or for less than three rounds of balancing or three
    /// tries, is nobody's matter.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HubHandler _handler;
    private readonly ReplayStart? _replay;
    private readonly TimeProvider _time;
    private readonly TimeSpan _checkpointInterval;
    private readonly ConsumerHealth _health;
    private readonly ILogger<HubConsumer> _logger;
    private readonly ConcurrentDictionary<string, long> _lags = new();

    private HubConsumer(
        string connectionString, EventHubsOptions options, ConsumerParts parts)
        : base(CheckpointsOf(options, parts), parts.BatchLimit, parts.Group, connectionString,
            options.Hub, Processing(options)) =>
        (_handler, _replay, _time, _checkpointInterval, _health, _logger) = (parts.Handler,
            parts.Replay, parts.Time, options.CheckpointInterval, HealthOf(options, parts),
            parts.Logger);

    private HubConsumer(EventHubsOptions options, ConsumerParts parts)
        : base(CheckpointsOf(options, parts), parts.BatchLimit, parts.Group, options.Namespace,
            options.Hub, new DefaultAzureCredential(), Processing(options)) =>
        (_handler, _replay, _time, _checkpointInterval, _health, _logger) = (parts.Handler,
            parts.Replay, parts.Time, options.CheckpointInterval, HealthOf(options, parts),
            parts.Logger);

    /// <summary>Why it has stood still for <see cref="Patience"/>; null while it goes on.
    /// </summary>
    public IOException? Fault => _health.Fault;

    /// <summary>Events that were behind the last batch of each partition that it owns, together.
    /// </summary>
    public long Lag => _lags.Values.Sum();

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

    public override async Task StartProcessingAsync(
        CancellationToken cancellationToken = default)
    {
        _health.Started();
        try
        {
            await base.StartProcessingAsync(cancellationToken);
        }
        catch (Exception fault)
        {
            _health.Failed(fault);
            throw;
        }
    }

    protected override async Task OnInitializingPartitionAsync(
        OwnedPartition partition, CancellationToken cancellationToken)
    {
        _health.Taken(partition.PartitionId);
        var number = NumberOf(partition.PartitionId);
        var next = await FindNextAsync(number, cancellationToken);
        partition.Delivery = new(number, next ?? 0, _handler, _time);
        partition.NotedAt = _time.GetTimestamp();
        LogTaken(Identifier, number, next);
    }

    protected override async Task<EventProcessorCheckpoint> GetCheckpointAsync(
        string partitionId, CancellationToken cancellationToken)
    {
        var next = await FindNextAsync(NumberOf(partitionId), cancellationToken);
        if (next is { } offset)
            return At(partitionId, EventPosition.FromSequenceNumber(offset, isInclusive: true));
        var kept = await base.GetCheckpointAsync(partitionId, cancellationToken);
        // The base is not annotated: null where there is none.
        if (kept is not null || _replay is not { } replay) return kept!;
        return At(partitionId, replay.SequenceNumber is { } number
            ? EventPosition.FromSequenceNumber(number, isInclusive: true)
            : EventPosition.FromEnqueuedTime(replay.After));
    }

    protected override async Task<IEnumerable<EventProcessorPartitionOwnership>>
        ListOwnershipAsync(CancellationToken cancellationToken)
    {
        var listed = (await base.ListOwnershipAsync(cancellationToken)).ToList();
        var own = listed.Where(one => one.OwnerIdentifier == Identifier)
            .Select(one => one.PartitionId).ToHashSet(StringComparer.Ordinal);
        _health.Listed(own);
        // Not where a partition stops: one that fails is taken again, and still behind.
        foreach (var lost in _lags.Keys.Where(one => !own.Contains(one)))
            _lags.TryRemove(lost, out _);
        return listed;
    }

    protected override async Task OnProcessingEventBatchAsync(
        IEnumerable<EventData> events, OwnedPartition partition,
        CancellationToken cancellationToken)
    {
        var received = events as IReadOnlyList<EventData> ?? [.. events];
        if (partition.Delivery is not { } delivery) return;
        if (received.Count > 0)
        {
            // Also before: who is stuck with a batch is behind by all of it.
            NoteLag(partition.PartitionId, received[0].SequenceNumber);
            await delivery.DeliverAsync(received, cancellationToken);
            var last = received[^1];
            partition.Due = new(last.OffsetString, last.SequenceNumber);
            NoteLag(partition.PartitionId, last.SequenceNumber + 1);
        }
        if (_time.GetElapsedTime(partition.NotedAt) >= _checkpointInterval)
            await NoteAsync(partition, cancellationToken);
        _health.Worked(partition.PartitionId);
    }

    private void NoteLag(string partitionId, long next)
    {
        if (ReadLastEnqueuedEventProperties(partitionId).SequenceNumber is not { } last) return;
        var lag = Math.Max(0, last + 1 - next);
        _lags[partitionId] = lag;
        HubInstruments.Lags(NumberOf(partitionId), ConsumerGroup, lag);
    }

    protected override Task OnProcessingErrorAsync(
        Exception exception, OwnedPartition? partition, string operationDescription,
        CancellationToken cancellationToken)
    {
        _health.Failed(exception);
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

    // A replay handles again what the state has: then it is the handler that must not mind.
    private Task<long?> FindNextAsync(int partition, CancellationToken ct) =>
        _replay is null ? _handler.FindNext(partition, ct) : Task.FromResult<long?>(null);

    private static HubCheckpoints CheckpointsOf(EventHubsOptions options, ConsumerParts parts) =>
        new(HubConnections.OpenPlaces(options) ?? parts.Places, parts.Replay);

    private static ConsumerHealth HealthOf(EventHubsOptions options, ConsumerParts parts) =>
        new(PatienceOf(options), parts.Time);

    // A partition without events completes one batch a try.
    internal static TimeSpan PatienceOf(EventHubsOptions options) =>
        new[] { Patience, 3 * options.BalanceInterval, 3 * options.TryTimeout }.Max();

    private static EventProcessorOptions Processing(EventHubsOptions options) => new()
    {
        RetryOptions = HubConnections.Retries(options),
        PrefetchCount = options.PrefetchCount,
        // A partition without events shows that it is read all the same.
        MaximumWaitTime = options.TryTimeout,
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
/// <param name="Places">Shared by all instances of the group; where the options name no
/// container for them.</param>
/// <param name="Time">For the waits between tries.</param>
/// <param name="Logger">Told of partitions that come and go, and of faults.</param>
/// <param name="BatchLimit">Events of a call of the handler at most.</param>
/// <param name="Replay">Where to begin instead of the group's checkpoints; null: at these.
/// </param>
public sealed record ConsumerParts(
    string Group, HubHandler Handler, IGroupPlaces Places, TimeProvider Time,
    ILogger<HubConsumer> Logger, int BatchLimit = 500, ReplayStart? Replay = null);
