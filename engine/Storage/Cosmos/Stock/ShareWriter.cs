using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// Moves shares. A movement's line is one transactional batch in its share's partition: the
/// ledger's entry is created, and the counts are patched where they are enough. That the entry is
/// there already means that it was done; so a line may be sent any number of times, by anybody.
/// Shares are never read to be written, so that writers of one share do not fail each other.
/// </summary>
internal sealed class ShareWriter(DocumentContainer shares, StockLayouts layouts)
{
    // A share is made once; whoever made it meanwhile is met at most once.
    private const int MakingLimit = 3;

    /// <summary>Does a line of a movement.</summary>
    /// <param name="movement">The movement.</param>
    /// <param name="line">Which line, from 0.</param>
    /// <param name="mayBeVoid">Whether another may have seen to it that it is never done.</param>
    /// <param name="ct">Gives up waiting, not the write.</param>
    /// <returns>Done, with the share where it was done now; Conflict where it was done before;
    /// Changed where there is not enough, or the line's guard does not hold.</returns>
    public async ValueTask<(Written Result, Share? Share)> MoveAsync(
        MovementDocument movement, int line, bool mayBeVoid, CancellationToken ct)
    {
        var moved = movement.Lines[line];
        var key = moved.Share.ToKey();
        var partition = ShareKeyDocument.PartitionOf(key);
        for (var i = 0; i < MakingLimit; i++)
        {
            var batch = new DocumentBatch()
                .Create(EntryOf(movement, line))
                .Patch(ShareDocument.TypeName, Deltas(moved),
                    Predicate(moved, movement.Number));
            var reply = await shares.RunAsync(partition, batch, ct);
            if (reply.Result == Written.Done)
            {
                var share = DocumentContainer.Deserialize<ShareDocument>(reply.Contents[1]!);
                return (Written.Done, share.ToShare());
            }
            if (reply.Result == Written.Conflict && mayBeVoid
                && await IsVoidAsync(partition, movement, line, ct))
            {
                return (Written.Changed, null);
            }
            if (reply.Result != Written.Missing) return (reply.Result, null);
            // Nothing was ever there, so there is nothing to take.
            if (moved.Available < 0 || moved.Reserved < 0 || moved.Backordered < 0)
                return (Written.Changed, null);
            await MakeAsync(key, ct);
        }
        throw new StoreUnavailableException($"Share {key} cannot be made.");
    }

    /// <summary>
    /// Takes a line back, or, where it was not done yet, sees to it that it never will be.
    /// </summary>
    public async ValueTask<Share?> UndoAsync(
        MovementDocument movement, int line, string number, CancellationToken ct)
    {
        var moved = movement.Lines[line];
        var partition = ShareKeyDocument.PartitionOf(moved.Share.ToKey());
        var entry = EntryOf(movement, line);
        var never = entry with { Available = 0, Reserved = 0, Backordered = 0, IsVoid = true };
        if ((await shares.CreateAsync(partition, never, ct)).Result == Written.Done) return null;
        var done = await shares.FindAsync<EntryDocument>(partition, entry.Id, ct);
        if (done is null or { Document.IsVoid: true }) return null;
        var back = new MovementLineDocument
        {
            Share = moved.Share,
            Available = -moved.Available,
            Reserved = -moved.Reserved,
            Backordered = -moved.Backordered,
        };
        var undo = entry with
        {
            Id = entry.Id + ":undo",
            Movement = entry.Movement + ":undo",
            Number = number,
            Available = back.Available,
            Reserved = back.Reserved,
            Backordered = back.Backordered,
            Reason = "undone",
        };
        var reply = await shares.RunAsync(partition,
            new DocumentBatch().Create(undo)
                .Patch(ShareDocument.TypeName, Deltas(back), Predicate(back, number)), ct);
        return reply.Result switch
        {
            Written.Done => DocumentContainer
                .Deserialize<ShareDocument>(reply.Contents[1]!).ToShare(),
            Written.Conflict => null,
            // What a movement gave may be gone to somebody else meanwhile: movements that give
            // before all their shares have agreed would be a bug.
            _ => throw new InvalidOperationException(
                $"Movement {movement.Number} cannot be undone in {moved.Share.ToKey()}."),
        };
    }

    private async ValueTask<bool> IsVoidAsync(
        string partition, MovementDocument movement, int line, CancellationToken ct) =>
        await shares.FindAsync<EntryDocument>(partition, EntryOf(movement, line).Id, ct)
            is { Document.IsVoid: true };

    /// <summary>Makes the share known and then there, with nothing in it.</summary>
    private async ValueTask MakeAsync(ShareKey key, CancellationToken ct)
    {
        // First known, then there: units in a share that nobody looks for would be lost.
        await layouts.AddShareAsync(key, ct);
        await shares.CreateAsync(ShareKeyDocument.PartitionOf(key), ShareDocument.Empty(key), ct);
    }

    private static EntryDocument EntryOf(MovementDocument movement, int line)
    {
        var moved = movement.Lines[line];
        return new()
        {
            Id = "m:" + movement.Id,
            Share = ShareKeyDocument.PartitionOf(moved.Share.ToKey()),
            Key = moved.Share,
            Movement = movement.Id,
            Number = movement.Number,
            Line = line,
            Operation = movement.Operation,
            Kind = movement.Kind,
            Available = moved.Available,
            Reserved = moved.Reserved,
            Backordered = moved.Backordered,
            Reason = movement.Reason,
            At = movement.At,
        };
    }

    private static List<PatchOperation> Deltas(MovementLineDocument line)
    {
        var deltas = new List<PatchOperation>(5)
        {
            PatchOperation.Increment("/version", 1),
            PatchOperation.Increment("/entries", 1),
        };
        Add("/available", line.Available);
        Add("/reserved", line.Reserved);
        Add("/backordered", line.Backordered);
        return deltas;

        void Add(string path, long delta)
        {
            if (delta != 0) deltas.Add(PatchOperation.Increment(path, delta));
        }
    }

    private static string Predicate(MovementLineDocument line, string number)
    {
        // Who is so late that the entry is gone by which it would see that all is done.
        var conditions = new List<string>(5)
        {
            $"(NOT IS_DEFINED(c.endedTo) OR c.endedTo < '{number}')",
        };
        Add("available", line.Available);
        Add("reserved", line.Reserved);
        Add("backordered", line.Backordered);
        if (line.Guard is { } guard) conditions.Add(guard);
        return "FROM c WHERE " + string.Join(" AND ", conditions);

        void Add(string count, long delta)
        {
            if (delta < 0) conditions.Add($"c.{count} >= {-delta}");
        }
    }
}
