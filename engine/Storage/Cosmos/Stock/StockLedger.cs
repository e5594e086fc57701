using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// What is asked of all shares or all reservations: queries over every partition, for sweeps and
/// proofs, none of them on a buyer's way. Any thread.
/// </summary>
internal sealed class StockLedger(
    DocumentContainer shares, DocumentContainer reservations, DocumentContainer operations,
    StockLayouts layouts)
{
    // Longer than any request is worked on, so that whoever does it is not disturbed.
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(30);

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

    /// <summary>Every share there is, in no order.</summary>
    public IAsyncEnumerable<ShareDocument> SharesAsync(CancellationToken ct) =>
        shares.ListAsync<ShareDocument>(new("SELECT * FROM c WHERE c.type = 'share'"), ct);

    /// <summary>The shares of a product in all regions.</summary>
    public async ValueTask<IReadOnlyList<Share>> SharesOfAsync(Sku sku, CancellationToken ct)
    {
        var found = new List<Share>();
        await foreach (var share in shares.ListAsync<ShareDocument>(
            new QueryDefinition("SELECT * FROM c WHERE c.type = 'share' AND c.key.sku = @sku")
                .WithParameter("@sku", sku.Value), ct))
        {
            found.Add(share.ToShare());
        }
        return found;
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
        await IdsAsync(new QueryDefinition(
            "SELECT * FROM c WHERE c.current.state = 'Held' AND c.current.expiresAt <= @now " +
            "ORDER BY c.current.expiresAt").WithParameter("@now", now), limit, ct);

    /// <summary>Reservations with a movement that nobody has finished for long.</summary>
    public async ValueTask<IReadOnlyList<ReservationId>> ListStuckAsync(
        DateTimeOffset now, int limit, CancellationToken ct) =>
        await IdsAsync(Stuck(now), limit, ct);

    /// <summary>Operations with a movement that nobody has finished for long.</summary>
    public async ValueTask<IReadOnlyList<OperationId>> ListStuckOperationsAsync(
        DateTimeOffset now, int limit, CancellationToken ct) =>
        [.. (await operations.ListAsync<OperationDocument>(Stuck(now), limit, ct))
            .Select(document => new OperationId(document.Pending!.Movement.Operation))];

    private static QueryDefinition Stuck(DateTimeOffset now) =>
        new QueryDefinition("SELECT * FROM c WHERE c.pending.movement.at <= @before")
            .WithParameter("@before", now - StuckAfter);

    /// <summary>The ids of all that hold or wait for units, or have something pending.</summary>
    public async ValueTask<IReadOnlyList<ReservationId>> ListOpenAsync(CancellationToken ct) =>
        await IdsAsync(new("SELECT * FROM c WHERE c.current.state = 'Held' " +
            "OR c.isWaiting = true OR IS_DEFINED(c.pending.movement.at)"), int.MaxValue, ct);

    private async ValueTask<IReadOnlyList<ReservationId>> IdsAsync(
        QueryDefinition query, int limit, CancellationToken ct) =>
        [.. (await reservations.ListAsync<ReservationDocument>(query, limit, ct))
            .Select(document => new ReservationId(document.Reservation))];

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
