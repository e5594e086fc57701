using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// Ends entries of long ledgers, so that a share's partition does not fill up: one batch adds what
/// they moved to the share's balance and deletes them, so balance and entries add up to the counts
/// before it and after it. One thread at a time; any number of instances.
/// </summary>
/// <remarks>
/// <para>Why no time to live: the account would delete an entry whether it was added to the balance
/// or not, and after some time without housekeeping nothing would add up any more. Why full batches
/// only: the ledger of a product that seldom sells never fills anything, and to look after it with
/// each of its orders would cost more than the orders.</para>
/// <para>An entry is also the sign that a line was done. Whoever was stopped in the middle of a
/// movement and goes on when its entries have ended would do it again; so a share refuses movements
/// up to the number that it was folded to (<see cref="ShareWriter"/>), and it is not folded up to
/// one that is not done everywhere. What two do at a time, or one twice, fails as a whole, since an
/// entry can be deleted once.</para>
/// </remarks>
internal sealed class LedgerFolding(
    DocumentContainer shares, StockLedger ledger, CosmosOptions options, TimeProvider time)
{
    // Of one share in one round, a second apart: three times what 300 orders a second leave.
    private const int BatchLimit = 20;

    // Of one round; those with the longest ledgers come first.
    private const int ShareLimit = 200;

    // Where nothing was left; nobody needs it sooner.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    // Between the clock's number and the time that a movement carries.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private DateTimeOffset _nextLook;

    /// <summary>Entries of a batch, 1 to 99: it has at most 100 operations, and one of them is the
    /// share's.</summary>
    public int EntryCount { get; init; } = 99;

    /// <summary>Ends what is due, as much as one round takes.</summary>
    public async ValueTask RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (now < _nextLook) return;
        var isAll = true;
        var found = await ledger.ListLongAsync(EntryCount, ShareLimit, ct);
        if (found.Count > 0)
        {
            var end = now - options.LedgerLifetime;
            if (await ledger.FindOldestPendingAsync(end, ct) is { } pending) end = pending - Margin;
            var to = HybridClock.Format(HybridClock.At(end));
            await Sweeping.ForEachAsync(found.Chunk(SideBySide.Limit), async some =>
                isAll &= (await SideBySide.RunAsync(some, share => FoldAsync(share, to, ct)))
                    .TrueForAll(isDone => isDone));
        }
        if (isAll) _nextLook = now + LookInterval;
    }

    /// <summary>Whether the share has no full batch left that is due and nobody else sees to.
    /// </summary>
    private async ValueTask<bool> FoldAsync(string share, string to, CancellationToken ct)
    {
        var query = new QueryDefinition("SELECT c.id, c.line, c.available, c.reserved, " +
            "c.backordered, c.isVoid FROM c WHERE c.type = 'entry' AND c.number <= @to")
            .WithParameter("@to", to);
        for (var i = 0; i < BatchLimit; i++)
        {
            var entries = await shares.QueryAsync<EndedEntry>(query, share, EntryCount, ct);
            if (entries.Count < EntryCount) return true;
            var batch = new DocumentBatch().Patch(ShareDocument.TypeName, Sums(entries, to),
                $"FROM c WHERE NOT IS_DEFINED(c.endedTo) OR c.endedTo <= '{to}'");
            foreach (var entry in entries) batch.Delete(entry.Id);
            // Another instance is at it, and has folded some of these, or further: this one comes
            // back when it looks again.
            if ((await shares.RunAsync(share, batch, ct)).Result != Written.Done) return true;
        }
        return false;
    }

    private static List<PatchOperation> Sums(List<EndedEntry> entries, string to)
    {
        var moved = entries.Where(entry => !entry.IsVoid).ToList();
        return
        [
            PatchOperation.Increment("/endedAvailable", moved.Sum(entry => entry.Available)),
            PatchOperation.Increment("/endedReserved", moved.Sum(entry => entry.Reserved)),
            PatchOperation.Increment("/endedBackordered", moved.Sum(entry => entry.Backordered)),
            PatchOperation.Increment("/endedMovements", moved.LongCount(entry => entry.Line == 0)),
            PatchOperation.Increment("/entries", -moved.Count),
            PatchOperation.Set("/endedTo", to),
        ];
    }

    private sealed record EndedEntry
    {
        public required string Id { get; init; }

        public int Line { get; init; }

        public long Available { get; init; }

        public long Reserved { get; init; }

        public long Backordered { get; init; }

        public bool IsVoid { get; init; }
    }
}
