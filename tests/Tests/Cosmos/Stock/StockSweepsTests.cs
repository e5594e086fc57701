using StreamCommerce.Engine;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Stock;

/// <summary>Two regions of a shop on one account.</summary>
public sealed class StockSweepsTests : IAsyncLifetime
{
    private static readonly StockRegion Away = new("away");

    private readonly ShopFixture _shop = ShopFixture.Cosmos();

    private CancellationToken Ct => _shop.Ct;

    public ValueTask InitializeAsync() => _shop.PrepareAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_region_brings_back_its_own_units_only()
    {
        await using var away = _shop.OpenAnother(Away.Value);
        await _shop.AdjustAsync("tea", 1);
        await away.Stock.AdjustAsync(new(new("first"), new(new("tea"), Away), 1), Ct);
        await _shop.ReserveAsync("r1", ("tea", 1));
        await away.Stock.ReserveAsync(new(new("r2"), [new(new("tea"), 1)], Away), Ct);
        _shop.Time.Advance(StockPolicy.Default.ReservationLifetime);

        Assert.Equal(1, await _shop.Stores.Stock.ExpireDueAsync(10, Ct));
        Assert.Equal(ReservationState.Held,
            (await away.Stock.GetReservationAsync(new("r2"), Ct))!.State);
        Assert.Equal(1, await away.Stock.ExpireDueAsync(10, Ct));
        Assert.Equal(ReservationState.Expired,
            (await away.Stock.GetReservationAsync(new("r2"), Ct))!.State);
    }

    [Fact]
    public async Task What_could_not_be_brought_back_does_not_count()
    {
        await _shop.AdjustAsync("tea", 2);
        await _shop.ReserveAsync("r1", ("tea", 1));
        await _shop.ReserveAsync("r2", ("tea", 1));
        _shop.Time.Advance(StockPolicy.Default.ReservationLifetime);
        _shop.Gate!.Faults = request =>
            request is { Kind: RequestKind.ReplaceItem, Id: "r1" } ? Fault.Status(403) : null;

        Assert.Equal(1, await _shop.Stores.Stock.ExpireDueAsync(10, Ct));
        _shop.Gate.Faults = null;
        Assert.Equal(1, await _shop.Stores.Stock.ExpireDueAsync(10, Ct));
    }

    [Fact]
    public async Task Each_region_works_off_its_own_long_ledgers()
    {
        using var parts = new StockParts(_shop);
        await _shop.AdjustAsync("tea", 1);

        Assert.Equal([ShareKeyDocument.PartitionOf(ShopFixture.Share("tea"))],
            await parts.Ledger.ListLongAsync(1, 10, Ct));
        Assert.Empty(await parts.LedgerOf(Away).ListLongAsync(1, 10, Ct));
    }

    [Fact]
    public async Task Each_region_hands_out_what_its_own_shares_owe()
    {
        using var parts = new StockParts(_shop);
        await _shop.Stores.StockKeeping.PutPolicyAsync(
            new("tea"), new() { BackorderLimit = 5 }, Ct);
        await _shop.AdjustAsync("tea", 1);
        Assert.Null((await _shop.ReserveAsync("r1", ("tea", 3))).Refusal);

        Assert.Equal(["tea"],
            (await parts.Ledger.ListOwingAsync("", 10, Ct)).Select(share => share.Sku));
        Assert.Empty(await parts.LedgerOf(Away).ListOwingAsync("", 10, Ct));
    }

    [Fact]
    public async Task Each_region_finishes_its_own_movements()
    {
        using var parts = new StockParts(_shop);
        await _shop.AdjustAsync("tea", 1);
        var stuck = OperationDocument.New(parts.Receipt("tea", 1), null);
        await parts.Of(CosmosSchema.Operations).CreateAsync(stuck.Id, stuck, Ct);
        // Done by halves: its shares' batches fail, and so does what would undo it.
        _shop.Gate!.Faults = request =>
            request.Kind == RequestKind.Batch ? Fault.Status(403) : null;
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => _shop.ReserveAsync("r1", ("tea", 1)).AsTask());
        _shop.Gate.Faults = null;
        var now = _shop.Time.GetUtcNow() + SagaTime.Lease;

        Assert.Equal([new("parts")], await parts.Ledger.ListStuckOperationsAsync(now, 10, Ct));
        Assert.Equal([new("r1")], await parts.Ledger.ListStuckAsync(now, 10, Ct));
        Assert.Empty(await parts.LedgerOf(Away).ListStuckOperationsAsync(now, 10, Ct));
        Assert.Empty(await parts.LedgerOf(Away).ListStuckAsync(now, 10, Ct));
    }
}
