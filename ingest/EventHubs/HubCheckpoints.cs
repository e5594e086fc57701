using System.Globalization;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using StreamCommerce.Ingest.Log.Groups;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// The places of consumer groups in the client library's words, with a list in addition: the one
/// translation, whoever keeps them. Any thread.
/// </summary>
/// <param name="places">Where they are kept.</param>
/// <param name="replay">Whether they are those of a replay, which has places and ownerships of its
/// own; null: the group's.</param>
internal sealed class HubCheckpoints(IGroupPlaces places, ReplayStart? replay = null)
    : CheckpointStore
{
    /// <summary>Every group's checkpoints of a hub that say a sequence number, by group and
    /// partition.</summary>
    public async ValueTask<IReadOnlyList<HubCheckpoint>> ListCheckpointsAsync(
        string fullyQualifiedNamespace, string eventHubName, CancellationToken ct)
    {
        var found = new List<HubCheckpoint>();
        foreach (var (group, place) in await places.ListPlacesAsync(
            LogName.Of(fullyQualifiedNamespace, eventHubName), ct))
        {
            if (place.SequenceNumber is { } number
                && int.TryParse(place.Partition, CultureInfo.InvariantCulture, out var partition))
            {
                found.Add(new(group, partition, number));
            }
        }
        return [.. found.OrderBy(one => one.ConsumerGroup, StringComparer.Ordinal)
            .ThenBy(one => one.Partition)];
    }

    /// <summary>Notes that all below an offset is handled.</summary>
    public async ValueTask WriteAsync(
        string fullyQualifiedNamespace, string eventHubName, string group, string partitionId,
        long nextOffset, string author, CancellationToken ct) =>
        await places.WritePlaceAsync(
            NameOf(fullyQualifiedNamespace, eventHubName, group),
            new(partitionId, nextOffset - 1, null, author), ct);

    public override async Task<EventProcessorCheckpoint?> GetCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        string partitionId, CancellationToken cancellationToken)
    {
        var place = await places.FindPlaceAsync(
            NameOf(fullyQualifiedNamespace, eventHubName, consumerGroup), partitionId,
            cancellationToken);
        return place is null ? null : new()
        {
            FullyQualifiedNamespace = fullyQualifiedNamespace,
            EventHubName = eventHubName,
            ConsumerGroup = consumerGroup,
            PartitionId = partitionId,
            ClientIdentifier = place.Author,
            LastModified = place.At,
            // In the order of the official clients.
            StartingPosition = place.Offset is { } offset
                ? EventPosition.FromOffset(offset, isInclusive: false)
                : EventPosition.FromSequenceNumber(place.SequenceNumber ?? -1, isInclusive: false),
        };
    }

    public override async Task UpdateCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        string partitionId, string clientIdentifier, CheckpointPosition startingPosition,
        CancellationToken cancellationToken)
    {
        var number = startingPosition.SequenceNumber;
        await places.WritePlaceAsync(
            NameOf(fullyQualifiedNamespace, eventHubName, consumerGroup),
            new(partitionId, number == long.MinValue ? null : number,
                startingPosition.OffsetString, clientIdentifier), cancellationToken);
    }

    public override async Task<IEnumerable<EventProcessorPartitionOwnership>> ListOwnershipAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        CancellationToken cancellationToken)
    {
        var owners = await places.ListOwnersAsync(
            NameOf(fullyQualifiedNamespace, eventHubName, consumerGroup), cancellationToken);
        return owners.Select(one => new EventProcessorPartitionOwnership
        {
            FullyQualifiedNamespace = fullyQualifiedNamespace,
            EventHubName = eventHubName,
            ConsumerGroup = consumerGroup,
            PartitionId = one.Partition,
            OwnerIdentifier = one.Owner,
            LastModifiedTime = one.At,
            Version = one.Version,
        });
    }

    public override async Task<IEnumerable<EventProcessorPartitionOwnership>> ClaimOwnershipAsync(
        IEnumerable<EventProcessorPartitionOwnership> desiredOwnership,
        CancellationToken cancellationToken)
    {
        var claimed = new List<EventProcessorPartitionOwnership>();
        foreach (var wanted in desiredOwnership)
        {
            var group = NameOf(
                wanted.FullyQualifiedNamespace, wanted.EventHubName, wanted.ConsumerGroup);
            if (await places.ClaimAsync(group, wanted.PartitionId, wanted.OwnerIdentifier,
                wanted.Version, cancellationToken) is not { } owned) continue;
            (wanted.Version, wanted.LastModifiedTime) = (owned.Version, owned.At);
            claimed.Add(wanted);
        }
        return claimed;
    }

    private GroupName NameOf(string fullyQualifiedNamespace, string hub, string group) =>
        GroupName.Of(LogName.Of(fullyQualifiedNamespace, hub),
            replay is null ? group : $"{group}@{replay}");
}

/// <summary>A consumer group's place in a partition.</summary>
/// <param name="ConsumerGroup">The group, in lower case.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="SequenceNumber">The last event that is handled; -1: none.</param>
internal readonly record struct HubCheckpoint(
    string ConsumerGroup, int Partition, long SequenceNumber);
