using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>
/// A shop's stock commands at random, over warehouses, buckets and backorders, and what the counts
/// must be after each. Most commands are given twice.
/// </summary>
internal sealed class RandomTrade(ShopFixture shop, Random random)
{
    /// <summary>The products it trades with.</summary>
    public static readonly Sku[] Skus = [new("tea"), new("cup")];
    private static readonly string[] Warehouses = ["", "north", "south"];

    private readonly List<ReservationId> _ids = [];
    private readonly List<OperationId> _transfers = [];
    // Units that came in from outside, and those that went out other than by a sale.
    private readonly Dictionary<Sku, long> _received = Skus.ToDictionary(sku => sku, _ => 0L);

    private IStockStore Stock => shop.Stores.Stock;

    private IStockKeeping Keeping => shop.Stores.StockKeeping;

    public async Task BeginAsync()
    {
        await Keeping.PutWarehouseAsync(new(new("south"), StockRegion.Home, 3), shop.Ct);
        await Keeping.PutPolicyAsync(
            Skus[0], new() { BackorderLimit = 8, SafetyStock = 1 }, shop.Ct);
    }

    public async Task StepAsync(string step)
    {
        var sku = Skus[random.Next(Skus.Length)];
        switch (random.Next(10))
        {
            case 0 or 1:
                await AdjustAsync(new(new($"a{step}"), Key(sku), random.Next(1, 9)));
                break;
            case 2 or 3 or 4:
                await ReserveAsync($"r{step}");
                break;
            case 5:
                await CloseAsync();
                break;
            case 6:
                await Keeping.SpreadAsync(new(new($"s{step}"), sku, StockRegion.Home,
                    random.Next(1, 5), new(Warehouses[random.Next(3)])), shop.Ct);
                break;
            case 7:
                await TransferAsync(new($"t{step}"), sku);
                break;
            case 8:
                await RestockAsync(new($"b{step}"), sku);
                break;
            default:
                shop.Time.Advance(TimeSpan.FromMinutes(random.Next(6)));
                await Stock.ExpireDueAsync(3, shop.Ct);
                break;
        }
    }

    public async Task CheckAsync()
    {
        await shop.CheckLedgerAsync();
        foreach (var sku in Skus)
        {
            var level = (await Stock.GetLevelsAsync([sku], StockRegion.Home, shop.Ct))[0];
            Assert.True(level.Available >= 0 && level.Reserved >= 0 && level.Backordered >= 0);
            long shipped = 0, held = 0;
            foreach (var id in _ids)
            {
                var found = (await Stock.GetReservationAsync(id, shop.Ct))!;
                var there = found.Lines.Where(l => l.Share.Sku == sku).Sum(l => l.InStock);
                if (found.State == ReservationState.Held) held += there;
                if (found.State == ReservationState.Committed) shipped += there;
            }
            long away = 0;
            foreach (var id in _transfers)
            {
                var transfer = (await Keeping.GetTransferAsync(id, shop.Ct))!;
                if (transfer.From.Sku == sku && transfer.State == TransferState.InTransit)
                    away += transfer.Quantity;
            }
            Assert.Equal(held, level.Reserved);
            Assert.Equal(_received[sku] - shipped - away, level.OnHand);
        }
    }

    private async Task AdjustAsync(StockAdjustment adjustment)
    {
        if (random.Next(3) == 0) adjustment = adjustment with { Delta = -adjustment.Delta };
        var answer = await Stock.AdjustAsync(adjustment, shop.Ct);
        if (answer.Refusal is not null) return;
        _received[adjustment.Share.Sku] += adjustment.Delta;
        await Stock.AdjustAsync(adjustment, shop.Ct);
    }

    private async Task ReserveAsync(string id)
    {
        StockLine[] lines = [.. Skus.Where(_ => random.Next(3) > 0)
            .Select(sku => new StockLine(sku, random.Next(1, 7)))];
        var request = new StockRequest(new(id), lines, StockRegion.Home);
        if ((await Stock.ReserveAsync(request, shop.Ct)).Refusal is not null) return;
        _ids.Add(new(id));
        Assert.Null((await Stock.ReserveAsync(request, shop.Ct)).Refusal);
    }

    private async Task CloseAsync()
    {
        if (_ids.Count == 0) return;
        var id = _ids[random.Next(_ids.Count)];
        switch (random.Next(5))
        {
            case 0 or 1:
                await Stock.CommitAsync(id, shop.Ct);
                await Stock.CommitAsync(id, shop.Ct);
                break;
            case 2:
                StockLine[] part = [new(Skus[random.Next(2)], random.Next(1, 4))];
                await Stock.CommitPartAsync(id, part, shop.Ct);
                await Stock.CommitPartAsync(id, part, shop.Ct);
                break;
            case 3:
                await Stock.ReleaseAsync(id, shop.Ct);
                break;
            default:
                await Stock.CancelBackordersAsync(id, shop.Ct);
                break;
        }
    }

    private async Task TransferAsync(OperationId id, Sku sku)
    {
        if (_transfers.Count > 0 && random.Next(2) == 0)
        {
            id = _transfers[random.Next(_transfers.Count)];
            await Keeping.ClaimAsync(id, shop.Ct);
            await Keeping.ClaimAsync(id, shop.Ct);
            return;
        }
        var transfer = new StockTransfer(id, Key(sku), Key(sku), random.Next(1, 4));
        if ((await Keeping.SendAsync(transfer, shop.Ct)).Refusal is null) _transfers.Add(id);
    }

    private async Task RestockAsync(OperationId id, Sku sku)
    {
        var back = new RestockUnits(id, [new(sku, random.Next(1, 3))], StockRegion.Home);
        Assert.Null((await Stock.RestockAsync(back, shop.Ct)).Refusal);
        Assert.Null((await Stock.RestockAsync(back, shop.Ct)).Refusal);
        _received[sku] += back.Lines[0].Quantity;
    }

    private ShareKey Key(Sku sku) => new(
        sku, StockRegion.Home, random.Next(2), new(Warehouses[random.Next(3)]));
}
