using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage;

/// <summary>How stock is kept, over units of work.</summary>
internal sealed class StockKeeping(IShopRunner runner) : IStockKeeping
{
    // Entries of the ledger in memory at a time.
    private const int MovementPage = 10_000;

    public ValueTask<StockPolicy> GetPolicyAsync(Sku sku, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Stock.FindPolicy(sku) ?? StockPolicy.Default, ct);

    public ValueTask<Answer<StockPolicy>> PutPolicyAsync(
        Sku sku, StockPolicy policy, CancellationToken ct) =>
        runner.WriteAsync<Answer<StockPolicy>>(
            tx =>
            {
                if (policy.Check() is { } refusal) return refusal;
                tx.Stock.PutPolicy(sku, policy);
                return policy;
            },
            ct);

    public ValueTask<IReadOnlyList<Warehouse>> ListWarehousesAsync(
        StockRegion region, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Stock.ListWarehouses(region), ct);

    public ValueTask<Answer<Warehouse>> PutWarehouseAsync(
        Warehouse warehouse, CancellationToken ct) =>
        runner.WriteAsync(tx => PutWarehouse(tx, warehouse), ct);

    public ValueTask<Answer<StockLevel>> SpreadAsync(SpreadStock spread, CancellationToken ct) =>
        runner.WriteAsync(tx => Spread(tx, spread), ct);

    public ValueTask<Answer<StockTransfer>> SendAsync(
        StockTransfer transfer, CancellationToken ct) =>
        runner.WriteAsync(tx => Send(tx, transfer), ct);

    public ValueTask<Answer<StockTransfer>> AnnounceAsync(
        StockTransfer transfer, CancellationToken ct) =>
        runner.WriteAsync(tx => Announce(tx, transfer), ct);

    public ValueTask<Answer<StockTransfer>> ClaimAsync(
        OperationId transfer, CancellationToken ct) =>
        runner.WriteAsync(tx => Claim(tx, transfer), ct);

    public ValueTask<StockTransfer?> GetTransferAsync(
        OperationId transfer, CancellationToken ct) =>
        runner.ReadAsync(tx => tx.Stock.FindTransfer(transfer), ct);

    public ValueTask<StockReport> ReconcileAsync(CancellationToken ct) =>
        runner.ReadAsync(tx => Reconcile(tx, ct), ct);

    private static Answer<Warehouse> PutWarehouse(IShopTransaction tx, Warehouse warehouse)
    {
        var known = tx.Stock.ListWarehouses(warehouse.Region);
        if (StockRules.CheckWarehouse(warehouse, known) is { } refusal) return refusal;
        tx.Stock.PutWarehouse(warehouse);
        return warehouse;
    }

    private static Answer<StockLevel> Spread(IShopTransaction tx, SpreadStock asked)
    {
        var stock = tx.Stock.Load(asked.Sku, asked.Region);
        var decided = StockRules.Spread(asked, stock, tx.Now);
        if (tx.Stock.FindOperation(asked.Operation) is { } done)
        {
            return StockRules.CheckRepeat(done, asked) is { } other ? other : stock.ToLevel();
        }
        if (!decided.Is(out var movement, out var refusal)) return refusal;
        StockStore.Append(tx, movement);
        return stock.ToLevel();
    }

    private static Answer<StockTransfer> Send(IShopTransaction tx, StockTransfer asked)
    {
        if (tx.Stock.FindTransfer(asked.Operation) is { } known)
            return StockRules.Repeat(known, asked);
        var source = tx.Stock.Load(asked.From.Sku, asked.From.Region).Find(asked.From);
        var moved = StockStore.Once(tx, StockRules.Send(asked, source, tx.Now), asked.Operation);
        if (!moved.Is(out _, out var refusal)) return refusal;
        var sent = asked with { State = TransferState.InTransit, SentAt = tx.Now };
        tx.Stock.PutTransfer(sent);
        return sent;
    }

    private static Answer<StockTransfer> Announce(IShopTransaction tx, StockTransfer asked)
    {
        if (StockRules.CheckTransfer(asked) is { } refusal) return refusal;
        if (tx.Stock.FindTransfer(asked.Operation) is { } known)
            return StockRules.Repeat(known, asked);
        // Whatever its sender thinks of it: here it has not arrived.
        var announced = asked with { State = TransferState.InTransit };
        tx.Stock.PutTransfer(announced);
        return announced;
    }

    private static Answer<StockTransfer> Claim(IShopTransaction tx, OperationId id)
    {
        if (tx.Stock.FindTransfer(id) is not { } transfer)
            return new Refusal(RefusalCode.UnknownTransfer, $"There is no transfer {id}.");
        if (transfer.State == TransferState.Claimed) return transfer;
        var claimed = transfer with { State = TransferState.Claimed };
        tx.Stock.PutTransfer(claimed);
        StockStore.Append(tx, StockRules.Claim(transfer, tx.Now));
        return claimed;
    }

    private static StockReport Reconcile(IShopTransaction tx, CancellationToken ct)
    {
        var reconciliation = new StockReconciliation();
        for (long after = 0; ;)
        {
            ct.ThrowIfCancellationRequested();
            var page = tx.Stock.ListMovements(after, MovementPage);
            foreach (var movement in page) reconciliation.Add(movement);
            if (page.Count < MovementPage) break;
            after = page[^1].Number;
        }
        foreach (var id in tx.Reservations.ListOpen())
        {
            ct.ThrowIfCancellationRequested();
            reconciliation.Add(tx.Reservations.Find(id)!);
        }
        tx.Stock.ReadShares(reconciliation.Check);
        return reconciliation.Finish();
    }
}
