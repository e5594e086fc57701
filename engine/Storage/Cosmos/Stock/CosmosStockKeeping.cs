using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>How stock is kept, on Cosmos DB.</summary>
internal sealed class CosmosStockKeeping(
    StockReader reader, StockOperations operations, ReservationSagas sagas, StockLedger ledger,
    StockLayouts layouts, Broadcast broadcast, TimeProvider time) : IStockKeeping
{
    // What is written while it is read looks wrong once, and right when it is read again.
    private const int ReadingLimit = 3;

    public async ValueTask<StockPolicy> GetPolicyAsync(Sku sku, CancellationToken ct) =>
        await layouts.ReadPolicyAsync(sku, ct);

    public async ValueTask<Answer<StockPolicy>> PutPolicyAsync(
        Sku sku, StockPolicy policy, CancellationToken ct)
    {
        if ((StockRules.CheckId(sku.Value, "sku") ?? policy.Check()) is { } refusal) return refusal;
        await layouts.PutPolicyAsync(sku, policy, ct);
        foreach (var region in await ledger.RegionsOfAsync(sku, ct))
            broadcast.Tell(StockChanged.Of(await reader.LoadAsync(sku, region, ct)));
        return policy;
    }

    public async ValueTask<IReadOnlyList<Warehouse>> ListWarehousesAsync(
        StockRegion region, CancellationToken ct) => await layouts.ReadWarehousesAsync(region, ct);

    public async ValueTask<Answer<Warehouse>> PutWarehouseAsync(
        Warehouse warehouse, CancellationToken ct)
    {
        var known = await layouts.ReadWarehousesAsync(warehouse.Region, ct);
        if (StockRules.CheckWarehouse(warehouse, known) is { } refusal) return refusal;
        await layouts.PutWarehouseAsync(warehouse, ct);
        return warehouse;
    }

    public async ValueTask<Answer<StockLevel>> SpreadAsync(SpreadStock spread, CancellationToken ct)
    {
        var answer = await operations.RunAsync(
            spread.Operation,
            async () => StockRules.Spread(
                spread, await reader.LoadAsync(spread.Sku, spread.Region, ct), time.GetUtcNow()),
            done => StockRules.CheckRepeat(done, spread), ct);
        return answer.Is(out _, out var refusal)
            ? (await reader.LoadAsync(spread.Sku, spread.Region, ct)).ToLevel()
            : refusal;
    }

    public async ValueTask<Answer<StockTransfer>> SendAsync(
        StockTransfer transfer, CancellationToken ct)
    {
        if (await FindAsync(transfer.Operation, ct) is { } known)
            return StockRules.Repeat(known, transfer);
        var sent = transfer with { State = TransferState.InTransit, SentAt = time.GetUtcNow() };
        var answer = await operations.RunAsync(
            transfer.Operation,
            async () => StockRules.Send(
                transfer, await reader.FindAsync(transfer.From, ct), time.GetUtcNow()),
            StockRules.Reused, ct, sent);
        if (answer.Is(out _, out var refusal)) return sent;
        // Sent by another meanwhile, perhaps with these units.
        return await FindAsync(transfer.Operation, ct) is { } other
            ? StockRules.Repeat(other, transfer) : refusal;
    }

    public async ValueTask<Answer<StockTransfer>> AnnounceAsync(
        StockTransfer transfer, CancellationToken ct)
    {
        if (StockRules.CheckTransfer(transfer) is { } refusal) return refusal;
        // Whatever its sender thinks of it: here it has not arrived.
        var announced = transfer with { State = TransferState.InTransit };
        if (await operations.AnnounceAsync(announced, ct) == Written.Done) return announced;
        return await FindAsync(transfer.Operation, ct) is { } known
            ? StockRules.Repeat(known, transfer)
            : new Refusal(RefusalCode.IdReused,
                $"Operation {transfer.Operation} was no transfer; use a new id.");
    }

    public async ValueTask<Answer<StockTransfer>> ClaimAsync(
        OperationId transfer, CancellationToken ct) =>
        await operations.ClaimAsync(
            transfer, sent => StockRules.Claim(sent, time.GetUtcNow()), ct) is { } claimed
                ? claimed
                : new Refusal(RefusalCode.UnknownTransfer, $"There is no transfer {transfer}.");

    public ValueTask<StockTransfer?> GetTransferAsync(
        OperationId transfer, CancellationToken ct) => FindAsync(transfer, ct);

    /// <remarks>
    /// Not of one moment: what differs is read again, and what differs then too is told. Ask while
    /// the shop rests for a proof.
    /// </remarks>
    public async ValueTask<StockReport> ReconcileAsync(CancellationToken ct)
    {
        for (var i = 1; ; i++)
        {
            var report = await ReconcileOnceAsync(ct);
            if (report.DifferenceCount == 0 || i == ReadingLimit) return report;
        }
    }

    private async ValueTask<StockReport> ReconcileOnceAsync(CancellationToken ct)
    {
        var reconciliation = new StockReconciliation();
        // What is half done is finished first: it moves shares.
        await foreach (var id in ledger.OpenAsync(ct))
        {
            if (await sagas.FindAsync(new(id), ct) is { } one
                && (one.State == ReservationState.Held
                    || (one.State == ReservationState.Committed && one.IsWaiting)))
            {
                reconciliation.Add(one);
            }
        }
        // Some shares at a time, and of each only its sums: memory does not grow with the ledger.
        await foreach (var some in ledger.SharesAsync(ct).Chunk(SideBySide.Limit))
        {
            foreach (var proof in await SideBySide.RunAsync(
                some, key => ledger.ProveAsync(key.ToKey(), ct)))
            {
                reconciliation.Check(proof.Share, proof.Ledger, proof.MovementCount);
            }
        }
        return reconciliation.Finish();
    }

    private async ValueTask<StockTransfer?> FindAsync(OperationId id, CancellationToken ct) =>
        (await operations.FindAsync(id, ct))?.Transfer?.ToTransfer(id);
}
