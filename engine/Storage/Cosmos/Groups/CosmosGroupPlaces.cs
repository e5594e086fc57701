using Microsoft.Azure.Cosmos;
using StreamCommerce.Ingest.Log.Groups;

namespace StreamCommerce.Engine.Storage.Cosmos.Groups;

/// <summary>
/// The places of consumer groups on Cosmos DB: a document for the ownership and one for the place
/// of each partition, all of a group in one logical partition, since its members list them every
/// few seconds. Any thread.
/// </summary>
internal sealed class CosmosGroupPlaces(DocumentContainer documents, TimeProvider time)
    : IGroupPlaces
{
    public async ValueTask<IReadOnlyList<PartitionOwner>> ListOwnersAsync(
        GroupName group, CancellationToken ct)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.type = @type")
            .WithParameter("@type", OwnerDocument.TypeName);
        var found = new List<PartitionOwner>();
        await foreach (var one in documents.ListAsync<OwnerDocument>(
            query, PartitionOf(group), ct))
        {
            found.Add(one.ToOwner());
        }
        return found;
    }

    public async ValueTask<PartitionOwner?> ClaimAsync(
        GroupName group, string partition, string owner, string? version, CancellationToken ct)
    {
        var (key, id) = (PartitionOf(group), OwnerDocument.IdOf(partition));
        var document = new OwnerDocument
        {
            Id = id,
            Group = key,
            Partition = partition,
            Owner = owner,
        };
        var reply = version is null
            ? await documents.CreateAsync(key, document, ct)
            : await documents.ReplaceAsync(key, id, document, version, ct);
        if (reply.Result == Written.Done)
            return new(partition, owner, time.GetUtcNow(), reply.ETag ?? "");
        // A claim whose answer was lost is found as made by somebody: by us, then.
        var there = await documents.FindAsync<OwnerDocument>(key, id, ct);
        return owner.Length > 0 && there?.Document.Owner == owner
            ? there.Document.ToOwner() with { Version = there.ETag } : null;
    }

    public async ValueTask<GroupPlace?> FindPlaceAsync(
        GroupName group, string partition, CancellationToken ct)
    {
        var found = await documents.FindAsync<PlaceDocument>(
            PartitionOf(group), PlaceDocument.IdOf(partition), ct);
        return found?.Document.ToPlace();
    }

    public async ValueTask WritePlaceAsync(GroupName group, GroupPlace place, CancellationToken ct)
    {
        var key = PartitionOf(group);
        await documents.UpsertAsync(key, new PlaceDocument
        {
            Id = PlaceDocument.IdOf(place.Partition),
            Group = key,
            Log = PartitionOf(group.Log),
            Name = group.Group,
            Partition = place.Partition,
            SequenceNumber = place.SequenceNumber,
            Offset = place.Offset,
            Author = place.Author,
            At = time.GetUtcNow(),
        }, ct);
    }

    public async ValueTask<IReadOnlyList<(string Group, GroupPlace Place)>> ListPlacesAsync(
        LogName log, CancellationToken ct)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.log = @log")
            .WithParameter("@log", PartitionOf(log));
        var found = new List<(string Group, GroupPlace Place)>();
        await foreach (var one in documents.ListAsync<PlaceDocument>(query, ct))
            found.Add((one.Name, one.ToPlace()));
        return found;
    }

    private static string PartitionOf(LogName log) => DocumentId.Join(log.Namespace, log.Log);

    private static string PartitionOf(GroupName group) =>
        DocumentId.Join(group.Log.Namespace, group.Log.Log, group.Group);
}
