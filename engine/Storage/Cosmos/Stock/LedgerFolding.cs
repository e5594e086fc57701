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
    // Of one round, all shares together, a second apart: 4,000 entries, and an order leaves two in
    // each of its shares.
    private const int BatchLimit = 40;

    // Movements that are not done everywhere, as old as the ledger is long: some, after a crash.
    private const int PendingLimit = 1_000;

    // Of one round; those with the longest ledgers come first.
    private const int ShareLimit = 200;

    // Where nothing was left; nobody needs it sooner.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    // Reservations that are due wait for the round to end, and must not for long.
    private static readonly TimeSpan RoundLimit = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan RoundInterval = TimeSpan.FromSeconds(1);

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
            var ends = await FindEndsAsync(now - options.LedgerLifetime, ct);
            var round = new Round(time);
            await Sweeping.ForEachAsync(found.Chunk(SideBySide.Limit), async some =>
                isAll &= (await SideBySide.RunAsync(
                    some, share => FoldAsync(share, ends(share), round, ct)))
                    .TrueForAll(isDone => isDone));
        }
        _nextLook = now + (isAll ? LookInterval : RoundInterval);
    }

    /// <summary>
    /// Up to which moment each share's entries may end. A movement that is not done everywhere
    /// holds up the shares that it names and no other: whoever goes on with it, or undoes it,
    /// comes to those alone. One that nobody can ever finish, or another region's, so holds up
    /// its own shares only.
    /// </summary>
    private async ValueTask<Func<string, DateTimeOffset>> FindEndsAsync(
        DateTimeOffset end, CancellationToken ct)
    {
        var (pending, knownTo) = await ledger.ListPendingAsync(end, PendingLimit, ct);
        // Behind as many as are listed others may be, of which it is not known what they name.
        if (knownTo < end) end = knownTo - Margin;
        var held = new Dictionary<string, DateTimeOffset>();
        // The oldest last: it is the one that counts.
        foreach (var movement in pending.OrderByDescending(one => one.At))
        {
            CosmosInstruments.Left();
            foreach (var line in movement.Lines)
                held[ShareKeyDocument.PartitionOf(line.Share.ToKey())] = movement.At - Margin;
        }
        return share => held.TryGetValue(share, out var before) && before < end ? before : end;
    }

    /// <summary>Whether the share has no full batch left that is due and nobody else sees to.
    /// </summary>
    private async ValueTask<bool> FoldAsync(
        string share, DateTimeOffset end, Round round, CancellationToken ct)
    {
        var to = HybridClock.Format(HybridClock.At(end));
        var query = new QueryDefinition("SELECT c.id, c.line, c.available, c.reserved, " +
            "c.backordered, c.isVoid FROM c WHERE c.type = 'entry' AND c.number <= @to")
            .WithParameter("@to", to);
        while (round.TryBegin())
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

    /// <summary>How much of a round is left, for all shares together. Any thread.</summary>
    private sealed class Round(TimeProvider time)
    {
        private readonly DateTimeOffset _end = time.GetUtcNow() + RoundLimit;
        private int _begun;

        public bool TryBegin() => time.GetUtcNow() < _end
            && Interlocked.Increment(ref _begun) <= BatchLimit;
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
