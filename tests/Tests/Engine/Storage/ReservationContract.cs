using StreamCommerce.Engine;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>What reservations do beyond one share: parts, policies, places, debts.</summary>
public abstract class ReservationContract(Func<ShopFixture> open) : ShopContract(open)
{
    private static readonly Sku Tea = new("tea");

    private IStockStore Stock => Shop.Stores.Stock;

    private IStockKeeping Keeping => Shop.Stores.StockKeeping;

    [Fact]
    public async Task A_part_that_is_committed_leaves_and_the_rest_comes_back()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.AdjustAsync("cup", 5);
        await Shop.ReserveAsync("r1", ("tea", 3), ("cup", 2));

        var part = await Stock.CommitPartAsync(new("r1"), [new(Tea, 2)], Ct);

        Assert.Equal([1, 2], part.Value!.Lines.Select(line => line.Released));
        Assert.Equal((3, 0), await Shop.LevelAsync("tea"));
        Assert.Equal((5, 0), await Shop.LevelAsync("cup"));
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task The_same_part_again_moves_nothing_and_another_is_refused()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.ReserveAsync("r1", ("tea", 3));
        await Stock.CommitPartAsync(new("r1"), [new(Tea, 2)], Ct);

        Assert.Null((await Stock.CommitPartAsync(new("r1"), [new(Tea, 2)], Ct)).Refusal);
        var other = await Stock.CommitPartAsync(new("r1"), [new(Tea, 1)], Ct);
        var repeat = await Shop.ReserveAsync("r1", ("tea", 3));

        Assert.Equal(RefusalCode.ReservationClosed, other.Refusal!.Code);
        Assert.Equal(ReservationState.Committed, repeat.Value!.State);
        Assert.Equal((3, 0), await Shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task A_part_larger_than_the_whole_is_refused()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.ReserveAsync("r1", ("tea", 3));

        var answer = await Stock.CommitPartAsync(new("r1"), [new(Tea, 4)], Ct);

        Assert.Equal(RefusalCode.InvalidQuantity, answer.Refusal!.Code);
        Assert.Equal([new RefusedLine(Tea, 4, 3)], answer.Refusal.Lines);
        Assert.Equal((2, 3), await Shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task Lines_that_share_stock_are_added_up()
    {
        await Shop.AdjustAsync("tea", 5);

        var answer = await Shop.ReserveAsync("r1", ("tea", 3), ("tea", 3));

        Assert.Equal([new RefusedLine(Tea, 6, 5)], answer.Refusal!.Lines);
        Assert.Null((await Shop.ReserveAsync("r1", ("tea", 2), ("tea", 3))).Refusal);
    }

    [Fact]
    public async Task Stock_that_is_not_tracked_is_promised_without_end()
    {
        await Keeping.PutPolicyAsync(Tea, new() { IsTracked = false }, Ct);

        Assert.Null((await Shop.ReserveAsync("r1", ("tea", 999_999))).Refusal);
        Assert.Null((await Stock.CommitAsync(new("r1"), Ct)).Refusal);

        Assert.Equal((0, 0), await Shop.LevelAsync("tea"));
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_reservation_made_untracked_moves_nothing_later_either()
    {
        await Keeping.PutPolicyAsync(Tea, new() { IsTracked = false }, Ct);
        await Shop.ReserveAsync("r1", ("tea", 3));
        await Keeping.PutPolicyAsync(Tea, new(), Ct);
        await Shop.AdjustAsync("tea", 1);

        await Stock.ReleaseAsync(new("r1"), Ct);

        Assert.Equal((1, 0), await Shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task The_safety_stock_is_not_promised()
    {
        await Shop.AdjustAsync("tea", 5);
        await Keeping.PutPolicyAsync(Tea, new() { SafetyStock = 2 }, Ct);

        var answer = await Shop.ReserveAsync("r1", ("tea", 4));

        Assert.Equal([new RefusedLine(Tea, 4, 3)], answer.Refusal!.Lines);
        Assert.Null((await Shop.ReserveAsync("r1", ("tea", 3))).Refusal);
    }

    [Fact]
    public async Task More_than_the_limit_of_an_order_is_refused()
    {
        await Shop.AdjustAsync("tea", 5);
        await Keeping.PutPolicyAsync(Tea, new() { QuantityLimit = 2 }, Ct);

        var answer = await Shop.ReserveAsync("r1", ("tea", 3));

        Assert.Equal(RefusalCode.QuantityLimit, answer.Refusal!.Code);
        Assert.Equal([new RefusedLine(Tea, 3)], answer.Refusal.Lines);
    }

    [Fact]
    public async Task The_shortest_lifetime_of_the_products_holds()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.AdjustAsync("cup", 5);
        await Keeping.PutPolicyAsync(
            Tea, new() { ReservationLifetime = TimeSpan.FromMinutes(3) }, Ct);

        var held = await Shop.ReserveAsync("r1", ("tea", 1), ("cup", 1));

        Assert.Equal(ShopFixture.Start + TimeSpan.FromMinutes(3), held.Value!.ExpiresAt);
    }

    [Fact]
    public async Task A_payment_that_begins_gives_the_reservation_more_time()
    {
        await Shop.AdjustAsync("tea", 5);
        await Shop.ReserveAsync("r1", ("tea", 1));
        Shop.Time.Advance(TimeSpan.FromMinutes(9));

        await Stock.ExtendAsync(new("r1"), Ct);
        Shop.Time.Advance(TimeSpan.FromMinutes(14));

        Assert.Equal(0, await Stock.ExpireDueAsync(10, Ct));
        Assert.Null((await Stock.CommitAsync(new("r1"), Ct)).Refusal);
        Assert.Equal(RefusalCode.ReservationClosed,
            (await Stock.ExtendAsync(new("r1"), Ct)).Refusal!.Code);
    }

    [Fact]
    public async Task What_is_sold_before_it_is_there_leaves_when_it_comes()
    {
        await Keeping.PutPolicyAsync(Tea, new() { BackorderLimit = 5 }, Ct);
        await Shop.AdjustAsync("tea", 2);
        await Shop.ReserveAsync("r1", ("tea", 4));
        Assert.Equal((0, 2), await Shop.LevelAsync("tea"));
        var sold = await Stock.CommitAsync(new("r1"), Ct);
        Assert.Equal(2, sold.Value!.Lines.Sum(line => line.Backordered));

        await Shop.AdjustAsync("tea", 1);
        Assert.Equal((0, 0), await Shop.LevelAsync("tea"));
        await Shop.AdjustAsync("tea", 5);

        Assert.Equal((4, 0), await Shop.LevelAsync("tea"));
        Assert.False((await Stock.GetReservationAsync(new("r1"), Ct))!.IsWaiting);
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Who_bought_first_is_served_first()
    {
        await Keeping.PutPolicyAsync(Tea, new() { BackorderLimit = 9 }, Ct);
        foreach (var id in new[] { "r1", "r2" })
        {
            await Shop.ReserveAsync(id, ("tea", 3));
            await Stock.CommitAsync(new(id), Ct);
        }

        await Shop.AdjustAsync("tea", 4);

        Assert.False((await Stock.GetReservationAsync(new("r1"), Ct))!.IsWaiting);
        var second = await Stock.GetReservationAsync(new("r2"), Ct);
        Assert.Equal(2, second!.Lines.Sum(line => line.Backordered));
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task No_more_is_owed_than_the_policy_allows()
    {
        await Keeping.PutPolicyAsync(Tea, new() { BackorderLimit = 3 }, Ct);
        await Shop.ReserveAsync("r1", ("tea", 2));

        var answer = await Shop.ReserveAsync("r2", ("tea", 2));

        Assert.Equal([new RefusedLine(Tea, 2, 1)], answer.Refusal!.Lines);
        await Stock.ReleaseAsync(new("r1"), Ct);
        Assert.Null((await Shop.ReserveAsync("r2", ("tea", 3))).Refusal);
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_preorder_ends_when_the_product_comes_out()
    {
        var policy = new StockPolicy
        {
            PreorderLimit = 5,
            AvailableFrom = ShopFixture.Start + TimeSpan.FromHours(1),
        };
        await Keeping.PutPolicyAsync(Tea, policy, Ct);
        Assert.Null((await Shop.ReserveAsync("r1", ("tea", 2))).Refusal);

        Shop.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(RefusalCode.OutOfStock,
            (await Shop.ReserveAsync("r2", ("tea", 1))).Refusal!.Code);
    }

    [Fact]
    public async Task A_cancelled_backorder_is_owed_no_more()
    {
        await Keeping.PutPolicyAsync(Tea, new() { BackorderLimit = 5 }, Ct);
        await Shop.ReserveAsync("r1", ("tea", 4));
        await Stock.CommitAsync(new("r1"), Ct);

        await Stock.CancelBackordersAsync(new("r1"), Ct);
        await Stock.CancelBackordersAsync(new("r1"), Ct);
        await Shop.AdjustAsync("tea", 4);

        Assert.Equal((4, 0), await Shop.LevelAsync("tea"));
        await Shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Units_that_come_back_go_to_those_who_wait()
    {
        await Keeping.PutPolicyAsync(Tea, new() { BackorderLimit = 5 }, Ct);
        await Shop.AdjustAsync("tea", 3);
        await Shop.ReserveAsync("r1", ("tea", 3));
        await Shop.ReserveAsync("r2", ("tea", 2));
        await Stock.CommitAsync(new("r2"), Ct);

        await Stock.ReleaseAsync(new("r1"), Ct);

        Assert.Equal((1, 0), await Shop.LevelAsync("tea"));
        Assert.False((await Stock.GetReservationAsync(new("r2"), Ct))!.IsWaiting);
        await Shop.CheckLedgerAsync();
    }
}

public sealed class MemoryReservationTests() : ReservationContract(ShopFixture.Memory);

public sealed class SqliteReservationTests() : ReservationContract(ShopFixture.Sqlite);

public sealed class CosmosReservationTests() : ReservationContract(ShopFixture.Cosmos);
