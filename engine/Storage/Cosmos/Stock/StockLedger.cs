using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// What is asked of all shares or all reservations: queries over every partition, for sweeps and
/// proofs, none of them on a buyer's way. Any thread.
/// </summary>
/// <remarks>
/// What is listed to be worked off is that of the instance's own region: each region's instances
/// alone write its shares, and what follows from them.
/// </remarks>
internal sealed class StockLedger(
    DocumentContainer shares, DocumentContainer reservations, DocumentContainer operations,
    StockLayouts layouts, StockRegion own)
{
    /// <summary>The ledger behind a number, in the order of the numbers.</summary>
    /// <remarks>
    /// A movement is shown with the lines that have been done so far. Whoever follows the ledger
    /// while it is written reads the last seconds again: clocks of instances differ.
    /// </remarks>
    public async ValueTask<IReadOnlyList<StockMovement>> ReadAsync(
        long afterNumber, int limit, CancellationToken ct)
    {
        var read = new List<StockMovement>();
        var lines = new List<EntryDocument>();
        // The line that begins one movement more than asked for ends the last one.
        await foreach (var entry in EntriesAsync(afterNumber, ct))
        {
            if (lines.Count > 0 && lines[0].Number != entry.Number)
            {
                read.AddRange(MovementsOf(lines));
                lines.Clear();
                if (read.Count >= limit) return read;
            }
            lines.Add(entry);
        }
        read.AddRange(MovementsOf(lines));
        return read;
    }

    /// <summary>Every share in which something ever moved, in no order.</summary>
    public IAsyncEnumerable<ShareKeyDocument> SharesAsync(CancellationToken ct) =>
        shares.ListAsync<ShareKeyDocument>(
            new("SELECT VALUE c.key FROM c WHERE c.type = 'share' AND c.version > 0"), ct);

    /// <summary>A share, and what its entries and those that ended add up to. They are read a page
    /// at a time: what is written meanwhile may be in one and not in the other.</summary>
    public async ValueTask<ShareProof> ProveAsync(ShareKey key, CancellationToken ct)
    {
        var proof = new ShareProof(key);
        await foreach (var part in shares.ListAsync<ProofDocument>(
            new("SELECT c.type, c.line, c.available, c.reserved, c.backordered, c.version, " +
                "c.endedAvailable, c.endedReserved, c.endedBackordered, c.endedMovements FROM c " +
                "WHERE c.type = 'share' OR (c.type = 'entry' AND c.isVoid = false)"),
            ShareKeyDocument.PartitionOf(key), ct))
        {
            proof.Add(part);
        }
        return proof;
    }

    /// <summary>The regions in which a product has shares.</summary>
    public async ValueTask<IReadOnlyList<StockRegion>> RegionsOfAsync(
        Sku sku, CancellationToken ct)
    {
        var found = new HashSet<string>();
        await foreach (var region in shares.ListAsync<string>(
            new QueryDefinition("SELECT VALUE c.key.region FROM c WHERE c.type = 'share' " +
                "AND c.key.sku = @sku AND c.version > 0").WithParameter("@sku", sku.Value), ct))
        {
            found.Add(region);
        }
        return [.. found.Select(region => new StockRegion(region))];
    }

    /// <summary>Own shares that owe units, by place; behind a place.</summary>
    public async ValueTask<IReadOnlyList<ShareKeyDocument>> ListOwingAsync(
        string afterPlace, int limit, CancellationToken ct) =>
        await shares.ListAsync<ShareKeyDocument>(
            new QueryDefinition("SELECT VALUE c.key FROM c WHERE c.type = 'share' " +
                "AND c.backordered > 0 AND c.place > @after AND c.key.region = @own " +
                "ORDER BY c.place")
                .WithParameter("@after", afterPlace).WithParameter("@own", own.Value), limit, ct);

    /// <summary>The partitions of the own shares with the longest ledgers, the longest first.
    /// </summary>
    public async ValueTask<IReadOnlyList<string>> ListLongAsync(
        int entries, int limit, CancellationToken ct) =>
        await shares.ListAsync<string>(
            new QueryDefinition("SELECT VALUE c.share FROM c WHERE c.type = 'share' " +
                "AND c.entries >= @entries AND c.key.region = @own ORDER BY c.entries DESC")
                .WithParameter("@entries", entries).WithParameter("@own", own.Value), limit, ct);

    /// <summary>Movements of any region that are not done everywhere and began up to a moment, the
    /// oldest first among reservations' and among operations'.</summary>
    /// <returns>They, and up to when these are all.</returns>
    public async ValueTask<(IReadOnlyList<MovementDocument> Movements, DateTimeOffset KnownTo)>
        ListPendingAsync(DateTimeOffset before, int limit, CancellationToken ct)
    {
        var query = new QueryDefinition("SELECT VALUE c.pending.movement FROM c " +
            "WHERE c.pending.movement.at <= @before ORDER BY c.pending.movement.at")
            .WithParameter("@before", before);
        var reserved = await reservations.ListAsync<MovementDocument>(query, limit, ct);
        var operated = await operations.ListAsync<MovementDocument>(query, limit, ct);
        var knownTo = before;
        foreach (var some in new[] { reserved, operated })
            if (some.Count == limit && some[^1].At < knownTo) knownTo = some[^1].At;
        return ([.. reserved, .. operated], knownTo);
    }

    /// <summary>The counts of every product and region, by sku and region.</summary>
    public async ValueTask<IReadOnlyList<StockLevel>> SweepAsync(
        (Sku Sku, StockRegion Region)? after, int limit, CancellationToken ct)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.type = 'share' " +
            "AND c.version > 0 AND c.place > @after ORDER BY c.place")
            .WithParameter("@after",
                after is { } place ? ShareKeyDocument.PlaceOf(place.Sku, place.Region) : "");
        var products = new List<List<Share>>();
        await foreach (var document in shares.ListAsync<ShareDocument>(query, ct))
        {
            var share = document.ToShare();
            if (products.Count > 0 && IsOf(products[^1][0], share))
            {
                products[^1].Add(share);
                continue;
            }
            if (products.Count == limit) break;
            products.Add([share]);
        }
        return await LevelsOf(products, ct);
    }

    /// <summary>Held reservations whose end is not after a moment, the oldest ends first.
    /// </summary>
    public async ValueTask<IReadOnlyList<ReservationId>> ListDueAsync(
        DateTimeOffset now, int limit, CancellationToken ct) =>
        IdsOf(await reservations.ListAsync<string>(new QueryDefinition(
            "SELECT VALUE c.reservation FROM c WHERE c.current.state = 'Held' " +
            "AND c.current.expiresAt <= @now AND c.current.lines[0].share.region = @own " +
            "ORDER BY c.current.expiresAt")
            .WithParameter("@now", now).WithParameter("@own", own.Value), limit, ct));

    /// <summary>Reservations with a movement that nobody has finished for long.</summary>
    public async ValueTask<IReadOnlyList<ReservationId>> ListStuckAsync(
        DateTimeOffset now, int limit, CancellationToken ct) =>
        IdsOf(await reservations.ListAsync<string>(Stuck("c.reservation", now), limit, ct));

    /// <summary>Operations with a movement that nobody has finished for long.</summary>
    public async ValueTask<IReadOnlyList<OperationId>> ListStuckOperationsAsync(
        DateTimeOffset now, int limit, CancellationToken ct) =>
        [.. (await operations.ListAsync<string>(
            Stuck("c.pending.movement.operation", now), limit, ct))
            .Select(id => new OperationId(id))];

    /// <summary>The ids of all that hold or wait for units, or have something pending.</summary>
    public IAsyncEnumerable<string> OpenAsync(CancellationToken ct) =>
        reservations.ListAsync<string>(
            new("SELECT VALUE c.reservation FROM c WHERE c.current.state = 'Held' " +
                "OR c.isWaiting = true OR IS_DEFINED(c.pending.movement.at)"), ct);

    // One that moves nothing, as where all is owed to come, is anybody's.
    private QueryDefinition Stuck(string id, DateTimeOffset now) =>
        new QueryDefinition($"SELECT VALUE {id} FROM c WHERE c.pending.movement.at <= @before " +
            "AND (NOT IS_DEFINED(c.pending.movement.lines[0]) " +
            "OR c.pending.movement.lines[0].share.region = @own)")
            .WithParameter("@before", now - SagaTime.Lease).WithParameter("@own", own.Value);

    private static IReadOnlyList<ReservationId> IdsOf(List<string> ids) =>
        [.. ids.Select(id => new ReservationId(id))];

    private IAsyncEnumerable<EntryDocument> EntriesAsync(long afterNumber, CancellationToken ct) =>
        shares.ListAsync<EntryDocument>(
            new QueryDefinition("SELECT * FROM c WHERE c.type = 'entry' AND c.isVoid = false " +
                "AND c.number > @after ORDER BY c.number")
                .WithParameter("@after", HybridClock.Format(afterNumber)), ct);

    // Two instances may have given the same number; then both are told together.
    private static IEnumerable<StockMovement> MovementsOf(List<EntryDocument> lines) =>
        lines.GroupBy(line => line.Movement).Select(same => MovementOf([.. same]));

    private static StockMovement MovementOf(List<EntryDocument> lines)
    {
        var first = lines[0];
        return new(new(first.Operation), first.Kind,
            [.. lines.OrderBy(line => line.Line).Select(line => new MovementLine(
                line.Key.ToKey(), line.Available, line.Reserved, line.Backordered))],
            first.Reason, first.At)
        { Number = HybridClock.Parse(first.Number) };
    }

    private async ValueTask<IReadOnlyList<StockLevel>> LevelsOf(
        List<List<Share>> products, CancellationToken ct)
    {
        var levels = new List<StockLevel>(products.Count);
        // As many names as a query's parameter takes without trouble.
        foreach (var some in products.Chunk(500))
        {
            var policies = await layouts.ReadPoliciesAsync(
                [.. some.Select(product => product[0].Key.Sku).Distinct()], ct);
            foreach (var product in some)
            {
                var (sku, region) = (product[0].Key.Sku, product[0].Key.Region);
                levels.Add(new ProductStock(sku, region,
                    policies.GetValueOrDefault(sku, StockPolicy.Default), [.. product], [])
                    .ToLevel());
            }
        }
        return levels;
    }

    private static bool IsOf(Share one, Share other) =>
        one.Key.Sku == other.Key.Sku && one.Key.Region == other.Key.Region;
}
