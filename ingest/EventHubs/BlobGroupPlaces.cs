using System.Globalization;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using StreamCommerce.Ingest.Log.Groups;

namespace StreamCommerce.Ingest.EventHubs;

/// <summary>
/// Places and ownership as empty blobs with metadata, in the layout of the official clients,
/// who see the same ones: <c>namespace/hub/group/checkpoint/partition</c> with
/// <c>sequencenumber</c>, <c>offset</c> and <c>clientidentifier</c>, and
/// <c>namespace/hub/group/ownership/partition</c> with <c>ownerid</c>, whose ETag is its version.
/// The container is made when it is first needed.
/// </summary>
internal sealed class BlobGroupPlaces(BlobContainerClient container) : IGroupPlaces
{
    private const string Checkpoint = "checkpoint";
    private const string Ownership = "ownership";
    private const string SequenceNumberKey = "sequencenumber";
    private const string OffsetKey = "offset";
    private const string ClientKey = "clientidentifier";
    private const string OwnerKey = "ownerid";
    private const int Status404NotFound = 404;
    private const int Status409Conflict = 409;
    private const int Status412PreconditionFailed = 412;

    // In an offset's place where only the sequence number is known; the official clients' text.
    private const string NoOffset = "no offset";

    public async ValueTask<IReadOnlyList<(string Group, GroupPlace Place)>> ListPlacesAsync(
        LogName log, CancellationToken ct)
    {
        var folder = $"{log}/";
        var found = new List<(string Group, GroupPlace Place)>();
        foreach (var blob in await ListAsync(folder, ct))
        {
            var parts = blob.Name[folder.Length..].Split('/');
            if (parts is [var group, Checkpoint, var partition]
                && PlaceOf(partition, blob.Metadata, blob.Properties.LastModified) is { } place)
            {
                found.Add((group, place));
            }
        }
        return found;
    }

    public async ValueTask<GroupPlace?> FindPlaceAsync(
        GroupName group, string partition, CancellationToken ct)
    {
        var blob = container.GetBlobClient($"{group}/{Checkpoint}/{partition}");
        return await AskAsync(async () =>
        {
            try
            {
                BlobProperties there = await blob.GetPropertiesAsync(cancellationToken: ct);
                return PlaceOf(partition, there.Metadata, there.LastModified);
            }
            catch (RequestFailedException e) when (e.Status == Status404NotFound)
            {
                return null;
            }
        });
    }

    public async ValueTask WritePlaceAsync(GroupName group, GroupPlace place, CancellationToken ct)
    {
        var metadata = new Dictionary<string, string>
        {
            [SequenceNumberKey] =
                place.SequenceNumber?.ToString(CultureInfo.InvariantCulture) ?? "",
            [OffsetKey] = place.Offset ?? NoOffset,
            [ClientKey] = place.Author,
        };
        await PutAsync($"{group}/{Checkpoint}/{place.Partition}", metadata, null, ct);
    }

    public async ValueTask<IReadOnlyList<PartitionOwner>> ListOwnersAsync(
        GroupName group, CancellationToken ct)
    {
        var folder = $"{group}/{Ownership}/";
        return [.. (await ListAsync(folder, ct)).Select(blob => new PartitionOwner(
            blob.Name[folder.Length..],
            blob.Metadata.TryGetValue(OwnerKey, out var owner) ? owner : "",
            blob.Properties.LastModified ?? default,
            blob.Properties.ETag?.ToString() ?? ""))];
    }

    public async ValueTask<PartitionOwner?> ClaimAsync(
        GroupName group, string partition, string owner, string? version, CancellationToken ct)
    {
        var conditions = version is null
            ? new BlobRequestConditions { IfNoneMatch = ETag.All }
            : new BlobRequestConditions { IfMatch = new ETag(version) };
        var metadata = new Dictionary<string, string> { [OwnerKey] = owner };
        return await PutAsync($"{group}/{Ownership}/{partition}", metadata, conditions, ct)
            is { } put
                ? new(partition, owner, put.LastModified, put.ETag.ToString())
                : null;
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

    private static GroupPlace? PlaceOf(
        string partition, IDictionary<string, string> metadata, DateTimeOffset? at)
    {
        long? number = metadata.TryGetValue(SequenceNumberKey, out var text)
            && long.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        var offset = metadata.TryGetValue(OffsetKey, out var kept)
            && kept is not ("" or NoOffset) ? kept : null;
        if (number is null && offset is null) return null;
        return new(partition, number, offset,
            metadata.TryGetValue(ClientKey, out var client) ? client : "")
        {
            At = at ?? default,
        };
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
