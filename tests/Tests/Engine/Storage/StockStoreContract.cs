using StreamCommerce.Engine;
using StreamCommerce.Engine.Inventory;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

public abstract class StockStoreContract(Func<ShopFixture> open) : ShopContract(open)
{
    private IStockStore Stock => Shop.Stores.Stock;

    [Fact]
    public async Task What_nobody_received_is_empty() =>
        Assert.Equal((0, 0), await Shop.LevelAsync("tea"));

    [Fact]
    public async Task A_delivery_that_is_reported_twice_counts_once()
    {
        await Shop.AdjustAsync("tea", 5, "delivery-1");
        var again = await Shop.AdjustAsync("tea", 5, "delivery-1");

        Assert.Equal(5, again.Value!.Available);
        Assert.Equal((5, 0), await Shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task An_operation_id_that_is_used_for_something_else_is_refused()
    {
        await Shop.AdjustAsync("tea", 5, "delivery-1");
        var other = await Shop.AdjustAsync("tea", 6, "delivery-1");

        Assert.Equal(RefusalCode.IdReused, other.Refusal!.Code);
        Assert.Equal((5, 0), await Shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task Stock_is_not_corrected_below_none()
    {
        await Shop.AdjustAsync("tea", 5);
        var answer = await Shop.AdjustAsync("tea", -6);

        Assert.Equal(RefusalCode.OutOfStock, answer.Refusal!.Code);
        Assert.Equal([new RefusedLine(new("tea"), 6, 5)], answer.Refusal.Lines);
    }

    [Fact]
    public async Task A_refused_correction_may_be_repeated_when_there_is_enough()
    {
        await Shop.AdjustAsync("tea", -1, "correction");
        await Shop.AdjustAsync("tea", 5);
        var answer = await Shop.AdjustAsync("tea", -1, "correction");

        Assert.Equal(4, answer.Value!.Available);
    }

    [Fact]
    public async Task A_reservation_takes_all_lines_or_none_and_names_each_shortfall()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.AdjustAsync("cup", 1);
        var answer = await Shop.ReserveAsync("r1", ("tea", 5), ("cup", 2), ("pot", 1));

        Assert.Equal(RefusalCode.OutOfStock, answer.Refusal!.Code);
        Assert.Equal(
            [new RefusedLine(new("cup"), 2, 1), new RefusedLine(new("pot"), 1, 0)],
            answer.Refusal.Lines);
        Assert.Equal((5, 0), await Shop.LevelAsync("tea"));
        Assert.Null(await Stock.GetReservationAsync(new("r1"), Ct));
    }

    [Fact]
    public async Task A_committed_reservation_takes_its_units_away()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.ReserveAsync("r1", ("tea", 2));
        Assert.Equal((3, 2), await Shop.LevelAsync("tea"));

        await Stock.CommitAsync(new("r1"), Ct);
        var again = await Stock.CommitAsync(new("r1"), Ct);

        Assert.Equal(ReservationState.Committed, again.Value!.State);
        Assert.Equal((3, 0), await Shop.LevelAsync("tea"));
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_released_reservation_gives_its_units_back_once()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.ReserveAsync("r1", ("tea", 2));
        await Stock.ReleaseAsync(new("r1"), Ct);
        await Stock.ReleaseAsync(new("r1"), Ct);

        Assert.Equal((5, 0), await Shop.LevelAsync("tea"));
        var late = await Stock.CommitAsync(new("r1"), Ct);
        Assert.Equal(RefusalCode.ReservationClosed, late.Refusal!.Code);
    }

    [Fact]
    public async Task A_repeated_reservation_holds_once()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.AdjustAsync("cup", 5);
        await Shop.ReserveAsync("r1", ("tea", 2), ("cup", 1));
        var again = await Shop.ReserveAsync("r1", ("cup", 1), ("tea", 2));
        var other = await Shop.ReserveAsync("r1", ("tea", 3));

        Assert.Equal(ReservationState.Held, again.Value!.State);
        Assert.Equal(RefusalCode.IdReused, other.Refusal!.Code);
        Assert.Equal((3, 2), await Shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task An_expired_reservation_cannot_be_committed_before_anyone_noticed()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.ReserveAsync("r1", ("tea", 2));
        Shop.Time.Advance(TimeSpan.FromMinutes(10));

        var late = await Stock.CommitAsync(new("r1"), Ct);

        Assert.Equal(RefusalCode.ReservationClosed, late.Refusal!.Code);
    }

    [Fact]
    public async Task Units_come_back_when_their_reservation_expires()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.ReserveAsync("r1", ("tea", 1));
        Shop.Time.Advance(TimeSpan.FromMinutes(5));
        await Shop.ReserveAsync("r2", ("tea", 2));
        Assert.Equal(0, await Stock.ExpireDueAsync(10, Ct));
        Shop.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(1, await Stock.ExpireDueAsync(10, Ct));
        Assert.Equal(0, await Stock.ExpireDueAsync(10, Ct));

        Assert.Equal((3, 2), await Shop.LevelAsync("tea"));
        Assert.Null((await Stock.ReleaseAsync(new("r1"), Ct)).Refusal);
        Assert.Equal((3, 2), await Shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task An_unknown_reservation_is_refused() => Assert.Equal(
        RefusalCode.UnknownReservation, (await Stock.CommitAsync(new("r1"), Ct)).Refusal!.Code);

    [Fact]
    public async Task Every_movement_is_in_the_ledger_in_order()
    {
        await Shop.AdjustAsync("tea", 5, "d1");
        await Shop.ReserveAsync("r1", ("tea", 2));
        await Stock.CommitAsync(new("r1"), Ct);
        await Shop.AdjustAsync("tea", -1, "broken");

        var ledger = await Stock.ReadMovementsAsync(0, 10, Ct);

        Assert.Equal(
            [("d1", 5L, 0L), ("r1", -2L, 2L), ("r1", 0L, -2L), ("broken", -1L, 0L)],
            ledger.Select(m => (m.Operation.Value, m.Lines[0].AvailableDelta,
                m.Lines[0].ReservedDelta)));
        Assert.Equal("broken", Assert.Single(
            await Stock.ReadMovementsAsync(ledger[2].Number, 10, Ct)).Operation.Value);
    }

    [Fact]
    public async Task A_sweep_gives_every_level_once_by_sku_and_region()
    {
        for (var i = 0; i < 7; i++)
        {
            await Shop.AdjustAsync($"p{i}", 3 + i);
            await Stock.AdjustAsync(new(new($"a{i}"), new(new($"p{i}"), new("away")), 2), Ct);
            await Stock.AdjustAsync(
                new(new($"n{i}"), new(new($"p{i}"), StockRegion.Home, 0, new("north")), 1), Ct);
        }
        await Shop.ReserveAsync("r", ("p1", 2));
        await Shop.Stores.StockKeeping.PutPolicyAsync(new("p2"), new() { SafetyStock = 4 }, Ct);
        await Shop.Stores.StockKeeping.PutPolicyAsync(new("p3"), new() { IsTracked = false }, Ct);
        await Stock.GetLevelsAsync([new("never")], StockRegion.Home, Ct);

        var swept = new List<StockLevel>();
        while (true)
        {
            var page = await Stock.SweepLevelsAsync(
                swept.Count == 0 ? null : (swept[^1].Sku, swept[^1].Region), 4, Ct);
            swept.AddRange(page);
            if (page.Count < 4) break;
        }

        Assert.Equal(
            Enumerable.Range(0, 14).Select(i => ($"p{i / 2}", i % 2 == 0 ? "away" : "home")),
            swept.Select(level => (level.Sku.Value, level.Region.Value)));
        foreach (var level in swept)
            Assert.Equal((await Stock.GetLevelsAsync([level.Sku], level.Region, Ct))[0], level);
    }
}

public sealed class MemoryStockStoreTests() : StockStoreContract(ShopFixture.Memory);

public sealed class SqliteStockStoreTests() : StockStoreContract(ShopFixture.Sqlite);

public sealed class CosmosStockStoreTests() : StockStoreContract(ShopFixture.Cosmos);
