using System.Globalization;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// The reference: checkpoints and ownership of one process, for as long as it runs.
/// </summary>
public sealed class MemoryCheckpoints(TimeProvider time) : HubCheckpoints
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Folder, string Partition), Kept> _checkpoints = [];
    private readonly Dictionary<(string Folder, string Partition),
        EventProcessorPartitionOwnership> _owned = [];

    private long _versions;

    public override ValueTask<IReadOnlyList<HubCheckpoint>> ListCheckpointsAsync(
        string fullyQualifiedNamespace, string eventHubName, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var hub = FolderOf(fullyQualifiedNamespace, eventHubName, "")[..^1];
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<HubCheckpoint>>(
                [.. _checkpoints
                    .Where(kept => kept.Key.Folder.StartsWith(hub, StringComparison.Ordinal))
                    .Where(kept => kept.Value.Position.SequenceNumber != long.MinValue)
                    .Select(kept => new HubCheckpoint(
                        kept.Key.Folder[hub.Length..^1],
                        int.Parse(kept.Key.Partition, CultureInfo.InvariantCulture),
                        kept.Value.Position.SequenceNumber))
                    .OrderBy(one => one.ConsumerGroup, StringComparer.Ordinal)
                    .ThenBy(one => one.Partition)]);
        }
    }

    public override Task<EventProcessorCheckpoint?> GetCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        string partitionId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = FolderOf(fullyQualifiedNamespace, eventHubName, consumerGroup);
        lock (_gate)
        {
            if (!_checkpoints.TryGetValue((folder, partitionId), out var kept))
                return Task.FromResult<EventProcessorCheckpoint?>(null);
            return Task.FromResult<EventProcessorCheckpoint?>(new()
            {
                FullyQualifiedNamespace = fullyQualifiedNamespace,
                EventHubName = eventHubName,
                ConsumerGroup = consumerGroup,
                PartitionId = partitionId,
                ClientIdentifier = kept.Author,
                LastModified = kept.At,
                StartingPosition = kept.Position.SequenceNumber != long.MinValue
                    ? EventPosition.FromSequenceNumber(kept.Position.SequenceNumber, false)
                    : EventPosition.FromOffset(kept.Position.OffsetString, false),
            });
        }
    }

    public override Task UpdateCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        string partitionId, string clientIdentifier, CheckpointPosition startingPosition,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = FolderOf(fullyQualifiedNamespace, eventHubName, consumerGroup);
        lock (_gate)
        {
            _checkpoints[(folder, partitionId)] =
                new(startingPosition, clientIdentifier, time.GetUtcNow());
        }
        return Task.CompletedTask;
    }

    public override Task<IEnumerable<EventProcessorPartitionOwnership>> ListOwnershipAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = FolderOf(fullyQualifiedNamespace, eventHubName, consumerGroup);
        lock (_gate)
        {
            return Task.FromResult<IEnumerable<EventProcessorPartitionOwnership>>(
                [.. _owned.Where(one => one.Key.Folder == folder).Select(one => Copy(one.Value))]);
        }
    }

    public override Task<IEnumerable<EventProcessorPartitionOwnership>> ClaimOwnershipAsync(
        IEnumerable<EventProcessorPartitionOwnership> desiredOwnership,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var claimed = new List<EventProcessorPartitionOwnership>();
        lock (_gate)
        {
            foreach (var wanted in desiredOwnership)
            {
                var key = (FolderOf(wanted.FullyQualifiedNamespace, wanted.EventHubName,
                    wanted.ConsumerGroup), wanted.PartitionId);
                if (_owned.GetValueOrDefault(key)?.Version != wanted.Version) continue;
                wanted.Version = (++_versions).ToString(CultureInfo.InvariantCulture);
                wanted.LastModifiedTime = time.GetUtcNow();
                _owned[key] = Copy(wanted);
                claimed.Add(wanted);
            }
        }
        return Task.FromResult<IEnumerable<EventProcessorPartitionOwnership>>(claimed);
    }

    // The library writes into what it is given.
    private static EventProcessorPartitionOwnership Copy(EventProcessorPartitionOwnership one) =>
        new()
        {
            FullyQualifiedNamespace = one.FullyQualifiedNamespace,
            EventHubName = one.EventHubName,
            ConsumerGroup = one.ConsumerGroup,
            PartitionId = one.PartitionId,
            OwnerIdentifier = one.OwnerIdentifier,
            LastModifiedTime = one.LastModifiedTime,
            Version = one.Version,
        };

    private readonly record struct Kept(
        CheckpointPosition Position, string Author, DateTimeOffset At);
}
