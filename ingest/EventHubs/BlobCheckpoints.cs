using System.Globalization;
using Azure;
using Azure.Identity;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Checkpoints and ownership as empty blobs with metadata, in the layout of the official clients,
/// who see the same ones: <c>namespace/hub/group/checkpoint/partition</c> with
/// <c>sequencenumber</c>, <c>offset</c> and <c>clientidentifier</c>, and
/// <c>namespace/hub/group/ownership/partition</c> with <c>ownerid</c>, whose ETag is its version.
/// The container is made when it is first needed.
/// </summary>
internal sealed class BlobCheckpoints(BlobContainerClient container) : HubCheckpoints
{
    private const string Checkpoint = "checkpoint/";
    private const string Ownership = "ownership/";
    private const string SequenceNumberKey = "sequencenumber";
    private const string OffsetKey = "offset";
    private const string ClientKey = "clientidentifier";
    private const string OwnerKey = "ownerid";
    private const int Status404NotFound = 404;
    private const int Status409Conflict = 409;
    private const int Status412PreconditionFailed = 412;

    public override async ValueTask<IReadOnlyList<HubCheckpoint>> ListCheckpointsAsync(
        string fullyQualifiedNamespace, string eventHubName, CancellationToken ct)
    {
        var hub = FolderOf(fullyQualifiedNamespace, eventHubName, "")[..^1];
        var found = new List<HubCheckpoint>();
        foreach (var blob in await ListAsync(hub, ct))
        {
            var parts = blob.Name[hub.Length..].Split('/');
            if (parts is [var group, "checkpoint", var id]
                && int.TryParse(id, CultureInfo.InvariantCulture, out var partition)
                && SequenceNumberOf(blob.Metadata) is { } number)
            {
                found.Add(new(group, partition, number));
            }
        }
        return [.. found.OrderBy(one => one.ConsumerGroup, StringComparer.Ordinal)
            .ThenBy(one => one.Partition)];
    }

    public override async Task<EventProcessorCheckpoint?> GetCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        string partitionId, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(
            FolderOf(fullyQualifiedNamespace, eventHubName, consumerGroup)
            + Checkpoint + partitionId);
        return await AskAsync(async () =>
        {
            try
            {
                BlobProperties there =
                    await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
                if (PositionOf(there.Metadata) is not { } position) return null;
                return new EventProcessorCheckpoint
                {
                    FullyQualifiedNamespace = fullyQualifiedNamespace,
                    EventHubName = eventHubName,
                    ConsumerGroup = consumerGroup,
                    PartitionId = partitionId,
                    StartingPosition = position,
                    ClientIdentifier = there.Metadata.TryGetValue(ClientKey, out var client)
                        ? client : null,
                    LastModified = there.LastModified,
                };
            }
            catch (RequestFailedException e) when (e.Status == Status404NotFound)
            {
                return null;
            }
        });
    }

    public override Task UpdateCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        string partitionId, string clientIdentifier, CheckpointPosition startingPosition,
        CancellationToken cancellationToken)
    {
        var number = startingPosition.SequenceNumber;
        var metadata = new Dictionary<string, string>
        {
            [SequenceNumberKey] = number == long.MinValue
                ? "" : number.ToString(CultureInfo.InvariantCulture),
            [OffsetKey] = startingPosition.OffsetString ?? "",
            [ClientKey] = clientIdentifier,
        };
        return PutAsync(
            FolderOf(fullyQualifiedNamespace, eventHubName, consumerGroup)
            + Checkpoint + partitionId, metadata, null, cancellationToken);
    }

    public override async Task<IEnumerable<EventProcessorPartitionOwnership>> ListOwnershipAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup,
        CancellationToken cancellationToken)
    {
        var folder = FolderOf(fullyQualifiedNamespace, eventHubName, consumerGroup) + Ownership;
        var blobs = await ListAsync(folder, cancellationToken);
        return blobs.Select(blob => new EventProcessorPartitionOwnership
        {
            FullyQualifiedNamespace = fullyQualifiedNamespace,
            EventHubName = eventHubName,
            ConsumerGroup = consumerGroup,
            PartitionId = blob.Name[folder.Length..],
            OwnerIdentifier = blob.Metadata.TryGetValue(OwnerKey, out var owner) ? owner : "",
            LastModifiedTime = blob.Properties.LastModified ?? default,
            Version = blob.Properties.ETag?.ToString(),
        });
    }

    public override async Task<IEnumerable<EventProcessorPartitionOwnership>> ClaimOwnershipAsync(
        IEnumerable<EventProcessorPartitionOwnership> desiredOwnership,
        CancellationToken cancellationToken)
    {
        var claimed = new List<EventProcessorPartitionOwnership>();
        foreach (var wanted in desiredOwnership)
        {
            var name = FolderOf(wanted.FullyQualifiedNamespace, wanted.EventHubName,
                wanted.ConsumerGroup) + Ownership + wanted.PartitionId;
            var metadata = new Dictionary<string, string> { [OwnerKey] = wanted.OwnerIdentifier };
            var conditions = wanted.Version is { } version
                ? new BlobRequestConditions { IfMatch = new ETag(version) }
                : new BlobRequestConditions { IfNoneMatch = ETag.All };
            if (await PutAsync(name, metadata, conditions, cancellationToken) is not { } put)
                continue;
            (wanted.Version, wanted.LastModifiedTime) = (put.ETag.ToString(), put.LastModified);
            claimed.Add(wanted);
        }
        return claimed;
    }

    /// <summary>Null where somebody else was faster.</summary>
    private Task<BlobContentInfo?> PutAsync(
        string name, Dictionary<string, string> metadata, BlobRequestConditions? conditions,
        CancellationToken ct) => AskAsync(async () =>
        {
            var options = new BlobUploadOptions { Metadata = metadata, Conditions = conditions };
            try
            {
                return await UploadAsync(name, options, ct);
            }
            catch (RequestFailedException e)
                when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await container.CreateIfNotExistsAsync(cancellationToken: ct);
                return await UploadAsync(name, options, ct);
            }
            catch (RequestFailedException e) when (conditions is not null
                && e.Status is Status409Conflict or Status412PreconditionFailed)
            {
                return null;
            }
        });

    private async Task<BlobContentInfo?> UploadAsync(
        string name, BlobUploadOptions options, CancellationToken ct) =>
        (await container.GetBlobClient(name)
            .UploadAsync(BinaryData.FromBytes(Array.Empty<byte>()), options, ct)).Value;

    private Task<List<BlobItem>> ListAsync(string prefix, CancellationToken ct) =>
        AskAsync(async () =>
        {
            var found = new List<BlobItem>();
            try
            {
                await foreach (var blob in container.GetBlobsAsync(
                    BlobTraits.Metadata, BlobStates.None, prefix, ct))
                {
                    found.Add(blob);
                }
            }
            catch (RequestFailedException e) when (e.Status == Status404NotFound)
            {
                // No container: nobody has begun.
            }
            return found;
        });

    private static long? SequenceNumberOf(IDictionary<string, string> metadata) =>
        metadata.TryGetValue(SequenceNumberKey, out var text)
            && long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static EventPosition? PositionOf(IDictionary<string, string> metadata)
    {
        // In the order of the official clients.
        if (metadata.TryGetValue(OffsetKey, out var offset) && offset is not ("" or NoOffset))
            return EventPosition.FromOffset(offset, isInclusive: false);
        return SequenceNumberOf(metadata) is { } number
            ? EventPosition.FromSequenceNumber(number, isInclusive: false) : null;
    }

    /// <summary>Tells faults of the network as the log does.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        var place = container.Uri.GetLeftPart(UriPartial.Path);
        try
        {
            return await ask();
        }
        catch (RequestFailedException e)
        {
            throw new IOException(
                $"{place} does not answer as it should ({e.Status} {e.ErrorCode}).", e);
        }
        catch (Exception e) when (e is AggregateException or AuthenticationFailedException)
        {
            throw new IOException($"{place} cannot be asked: {e.Message}", e);
        }
    }
}
