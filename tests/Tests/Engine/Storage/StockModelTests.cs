using FsCheck.Xunit;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>
/// All operations at random, over warehouses, buckets and backorders, on every kind of shop: after
/// each, the counts are what a plain sum over the answers says, and all adds up.
/// </summary>
public sealed class StockModelTests
{
    [Property(MaxTest = 200)]
    public Task In_memory_nothing_is_lost_or_sold_twice(int seed) =>
        TradeAsync(ShopFixture.Memory, seed, 80);

    [Property(MaxTest = 12)]
    public Task In_sqlite_nothing_is_lost_or_sold_twice(int seed) =>
        TradeAsync(ShopFixture.Sqlite, seed, 80);

    [Fact(Timeout = 60_000)]
    public async Task However_many_callers_race_over_the_buckets_no_unit_is_sold_twice()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = ShopFixture.Sqlite();
        await shop.AdjustAsync("tea", 500);
        var sold = 0;
        var buyers = Enumerable.Range(0, 16).Select(buyer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                var id = $"b{buyer}-{i}";
                if ((await shop.ReserveAsync(id, ("tea", 1))).Refusal is not null) continue;
                if (i % 5 == 0) await shop.Stores.Stock.ReleaseAsync(new(id), ct);
                else if ((await shop.Stores.Stock.CommitAsync(new(id), ct)).Refusal is null)
                    Interlocked.Increment(ref sold);
            }
        }, ct)).ToList();
        foreach (var count in new[] { 8, 1, 5, 16, 1 })
        {
            await shop.Stores.StockKeeping.SpreadAsync(
                new(new($"spread-{count}-{sold}"), new("tea"), StockRegion.Home, count), ct);
        }
        await Task.WhenAll(buyers);

        var (available, reserved) = await shop.LevelAsync("tea");
        Assert.Equal((500 - sold, 0), (available, reserved));
        await shop.CheckLedgerAsync();
    }

    private static async Task TradeAsync(Func<ShopFixture> open, int seed, int steps)
    {
        await using var shop = open();
        var trade = new Trade(shop, new Random(seed));
        await trade.BeginAsync();
        for (var step = 0; step < steps; step++)
        {
            await trade.StepAsync($"{step}");
            await trade.CheckAsync();
        }
        await shop.CheckLedgerAsync();
    }

    private sealed class Trade(ShopFixture shop, Random random)
    {
        private static readonly Sku[] Skus = [new("tea"), new("cup")];
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
}
