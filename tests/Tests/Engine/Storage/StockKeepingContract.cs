using StreamCommerce.Engine;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>Policies, warehouses, buckets, transfers, returns, and the proof.</summary>
public abstract class StockKeepingContract(Func<ShopFixture> open) : ShopContract(open)
{
    private static readonly Sku Tea = new("tea");
    private static readonly StockRegion Away = new("away");

    private IStockStore Stock => Shop.Stores.Stock;

    private IStockKeeping Keeping => Shop.Stores.StockKeeping;

    [Fact]
    public async Task A_policy_is_what_was_put()
    {
        Assert.Equal(StockPolicy.Default, await Keeping.GetPolicyAsync(Tea, Ct));
        var policy = new StockPolicy
        {
            BackorderLimit = 1,
            PreorderLimit = 2,
            AvailableFrom = ShopFixture.Start,
            SafetyStock = 3,
            QuantityLimit = 4,
            ReservationLifetime = TimeSpan.FromSeconds(5),
            PaymentLifetime = TimeSpan.FromSeconds(6),
        };
        await Keeping.PutPolicyAsync(Tea, policy, Ct);

        Assert.Equal(policy, await Keeping.GetPolicyAsync(Tea, Ct));
        var wrong = await Keeping.PutPolicyAsync(Tea, policy with { QuantityLimit = 0 }, Ct);
        Assert.Equal(RefusalCode.Invalid, wrong.Refusal!.Code);
    }

    [Fact]
    public async Task A_reservation_ships_from_the_first_warehouse_and_then_the_next()
    {
        await PutAsync("south", 2, 5);
        await PutAsync("north", 1, 2);

        var held = await Shop.ReserveAsync("r1", ("tea", 4));

        Assert.Equal([("north", 2), ("south", 2)],
            held.Value!.Lines.Select(l => (l.Share.Warehouse.Value, l.Quantity)));
        await Keeping.PutWarehouseAsync(new(new("south"), StockRegion.Home, 0), Ct);
        var next = await Shop.ReserveAsync("r2", ("tea", 1));
        Assert.Equal("south", next.Value!.Lines[0].Share.Warehouse.Value);
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_bucket_that_is_empty_spills_before_it_says_sold_out()
    {
        await Shop.AdjustAsync("tea", 10);
        await SpreadAsync("split", 4);
        Assert.Equal([3, 3, 2, 2], (await Stock.ListAsync(Tea, StockRegion.Home, Ct))
            .Select(share => (int)share.Available));

        Assert.Null((await Shop.ReserveAsync("r1", ("tea", 9))).Refusal);
        Assert.Null((await Shop.ReserveAsync("r2", ("tea", 1))).Refusal);
        var answer = await Shop.ReserveAsync("r3", ("tea", 1));

        Assert.Equal([new RefusedLine(Tea, 1, 0)], answer.Refusal!.Lines);
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Buckets_are_split_and_merged_under_reservations()
    {
        await Shop.AdjustAsync("tea", 10);
        await SpreadAsync("split", 4);
        await Shop.ReserveAsync("r1", ("tea", 6));
        await SpreadAsync("merge", 1);
        await SpreadAsync("merge", 1);
        Assert.Equal(RefusalCode.IdReused,
            (await Keeping.SpreadAsync(new(new("merge"), Tea, StockRegion.Home, 2), Ct))
            .Refusal!.Code);

        await Stock.ReleaseAsync(new("r1"), Ct);

        Assert.Equal((10, 0), await Shop.LevelAsync("tea"));
        Assert.Null((await Shop.ReserveAsync("r2", ("tea", 10))).Refusal);
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_transfer_is_claimed_once()
    {
        await Shop.AdjustAsync("tea", 5);
        var transfer = new StockTransfer(
            new("t1"), ShopFixture.Share("tea"), new(Tea, Away), 3, "rebalancing");
        await Keeping.SendAsync(transfer, Ct);
        await Keeping.SendAsync(transfer, Ct);
        Assert.Equal((2, 0), await Shop.LevelAsync("tea"));
        Assert.Equal(0, (await Stock.GetAsync(new(Tea, Away), Ct)).Available);

        await Keeping.ClaimAsync(new("t1"), Ct);
        var again = await Keeping.ClaimAsync(new("t1"), Ct);

        Assert.Equal(TransferState.Claimed, again.Value!.State);
        Assert.Equal(3, (await Stock.GetAsync(new(Tea, Away), Ct)).Available);
        Assert.Equal("rebalancing", (await Keeping.GetTransferAsync(new("t1"), Ct))!.Reason);
        Assert.Equal(RefusalCode.IdReused,
            (await Keeping.SendAsync(transfer with { Quantity = 1 }, Ct)).Refusal!.Code);
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_transfer_between_two_stores_is_announced_and_claimed_once()
    {
        await using var other = ShopFixture.Memory();
        await Shop.AdjustAsync("tea", 5);
        var sent = await Keeping.SendAsync(new StockTransfer(
            new("t1"), ShopFixture.Share("tea"), new(Tea, Away), 3), Ct);

        Assert.Equal(RefusalCode.UnknownTransfer,
            (await other.Stores.StockKeeping.ClaimAsync(new("t1"), Ct)).Refusal!.Code);
        for (var i = 0; i < 2; i++)
        {
            await other.Stores.StockKeeping.AnnounceAsync(sent.Value!, Ct);
            await other.Stores.StockKeeping.ClaimAsync(new("t1"), Ct);
        }

        Assert.Equal(3, (await other.Stores.Stock.GetAsync(new(Tea, Away), Ct)).Available);
        await other.CheckLedgerAsync();
    }

    [Fact]
    public async Task More_than_there_is_is_not_sent()
    {
        await Shop.AdjustAsync("tea", 2);

        var answer = await Keeping.SendAsync(new StockTransfer(
            new("t1"), ShopFixture.Share("tea"), new(Tea, Away), 3), Ct);

        Assert.Equal([new RefusedLine(Tea, 3, 2)], answer.Refusal!.Lines);
        Assert.Null(await Keeping.GetTransferAsync(new("t1"), Ct));
    }

    [Fact]
    public async Task A_return_is_restocked_once()
    {
        await Shop.AdjustAsync("tea", 2);
        await Shop.ReserveAsync("r1", ("tea", 2));
        await Stock.CommitAsync(new("r1"), Ct);
        var back = new RestockUnits(new("return-1"), [new(Tea, 1)], StockRegion.Home, "unopened");

        await Stock.RestockAsync(back, Ct);
        await Stock.RestockAsync(back, Ct);
        var other = await Stock.RestockAsync(back with { Lines = [new(Tea, 2)] }, Ct);

        Assert.Equal(RefusalCode.IdReused, other.Refusal!.Code);
        Assert.Equal((1, 0), await Shop.LevelAsync("tea"));
        var entry = (await Stock.ReadMovementsAsync(0, 10, Ct))[^1];
        Assert.Equal((MovementKind.Restocked, "unopened"), (entry.Kind, entry.Reason));
    }

    [Fact]
    public async Task An_operation_has_one_row_however_many_lines_it_has()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.AdjustAsync("cup", 5);
        await Shop.ReserveAsync("r1", ("tea", 2), ("cup", 3));

        var ledger = await Stock.ReadMovementsAsync(0, 10, Ct);

        Assert.True(0 < ledger[0].Number && ledger[0].Number < ledger[1].Number
            && ledger[1].Number < ledger[2].Number);
        Assert.Equal(3, ledger.Count);
        Assert.Equal([("tea", -2L), ("cup", -3L)],
            ledger[2].Lines.Select(l => (l.Share.Sku.Value, l.AvailableDelta)));
        Assert.Equal((3, 2, 1), await CountsAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_change_is_told_of_all_shares_of_the_product_together()
    {
        var last = new TaskCompletionSource<StockChanged>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        await PutAsync("north", 1, 2);
        Shop.Stores.Changes.Subscribe(change =>
        {
            if (change is StockChanged { Available: 7 } both) last.TrySetResult(both);
        });

        await PutAsync("south", 2, 5);

        var told = await last.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, told.Version);
    }

    [Fact]
    public async Task A_share_that_was_tampered_with_is_found()
    {
        var reconciliation = new StockReconciliation();
        await Shop.AdjustAsync("tea", 5);
        foreach (var entry in await Stock.ReadMovementsAsync(0, 10, Ct))
            reconciliation.Add(entry);
        reconciliation.Check((await Stock.GetAsync(ShopFixture.Share("tea"), Ct))
            with
        { Available = 6 });
        var report = reconciliation.Finish();

        var difference = Assert.Single(report.Differences);
        Assert.Equal((6, 5), (difference.Stored.Available, difference.Ledger.Available));
    }

    private async Task<(long, long, long)> CountsAsync()
    {
        var report = await Shop.CheckLedgerAsync();
        return (report.MovementCount, report.ShareCount, report.OpenReservationCount);
    }

    private async Task PutAsync(string warehouse, int priority, int units)
    {
        await Keeping.PutWarehouseAsync(new(new(warehouse), StockRegion.Home, priority), Ct);
        await Stock.AdjustAsync(new(new($"first-{warehouse}"),
            new(Tea, StockRegion.Home, 0, new(warehouse)), units, MovementKind.Received), Ct);
    }

    private async Task SpreadAsync(string id, int count) => Assert.Null(
        (await Keeping.SpreadAsync(new(new(id), Tea, StockRegion.Home, count), Ct)).Refusal);
}

public sealed class MemoryStockKeepingTests() : StockKeepingContract(ShopFixture.Memory);

public sealed class SqliteStockKeepingTests() : StockKeepingContract(ShopFixture.Sqlite);

public sealed class CosmosStockKeepingTests() : StockKeepingContract(ShopFixture.Cosmos);
