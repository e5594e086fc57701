using FsCheck.Xunit;
using StreamCommerce.Engine.Inventory;
using Xunit;

namespace StreamCommerce.Tests.Engine.Storage;

/// <summary>Random trading against a plain model, on every kind of shop.</summary>
public sealed class StockLedgerTests
{
    private static readonly string[] Skus = ["tea", "cup", "pot"];

    [Property(MaxTest = 300)]
    public Task In_memory_the_ledger_adds_up_whatever_happens(int seed) =>
        TradeAsync(ShopFixture.Memory, seed, 60);

    [Property(MaxTest = 15)]
    public Task In_sqlite_the_ledger_adds_up_whatever_happens(int seed) =>
        TradeAsync(ShopFixture.Sqlite, seed, 60);

    private static async Task TradeAsync(Func<ShopFixture> open, int seed, int steps)
    {
        var random = new Random(seed);
        await using var shop = open();
        var onHand = Skus.ToDictionary(sku => sku, _ => 0L);
        var reservations = new List<(string Id, (string Sku, int Quantity)[] Lines)>();
        for (var step = 0; step < steps; step++)
        {
            var any = reservations.Count == 0
                ? default
                : reservations[random.Next(reservations.Count)];
            switch (random.Next(7))
            {
                case 0 or 1:
                    var sku = Skus[random.Next(Skus.Length)];
                    var delta = random.Next(-5, 12) is var d and not 0 ? d : 1;
                    // Twice with the same id: one effect.
                    var moved = await shop.AdjustAsync(sku, delta, $"a{step}");
                    if (moved.Refusal is null) onHand[sku] += delta;
                    if (moved.Refusal is null) await shop.AdjustAsync(sku, delta, $"a{step}");
                    break;
                case 2 or 3:
                    var lines = Skus.Where(_ => random.Next(2) == 0)
                        .Select(s => (s, random.Next(1, 6))).ToArray();
                    if (lines.Length == 0) break;
                    if ((await shop.ReserveAsync($"r{step}", lines)).Refusal is null)
                        reservations.Add(($"r{step}", lines));
                    break;
                case 4 when any.Id is not null:
                    var before = await shop.Stores.Stock.GetReservationAsync(new(any.Id), shop.Ct);
                    var committed = await shop.Stores.Stock.CommitAsync(new(any.Id), shop.Ct);
                    if (committed.Refusal is null && before!.State == ReservationState.Held)
                        foreach (var line in any.Lines) onHand[line.Sku] -= line.Quantity;
                    break;
                case 5 when any.Id is not null:
                    await shop.Stores.Stock.ReleaseAsync(new(any.Id), shop.Ct);
                    break;
                default:
                    shop.Time.Advance(TimeSpan.FromMinutes(random.Next(6)));
                    await shop.Stores.Stock.ExpireDueAsync(2, shop.Ct);
                    break;
            }
            await CheckAsync(shop, onHand, reservations.Select(r => r.Id));
        }
        await shop.CheckLedgerAsync();
    }

    private static async Task CheckAsync(
        ShopFixture shop, Dictionary<string, long> onHand, IEnumerable<string> reservations)
    {
        var held = Skus.ToDictionary(sku => sku, _ => 0L);
        foreach (var id in reservations)
        {
            var found = await shop.Stores.Stock.GetReservationAsync(new(id), shop.Ct);
            if (found!.State != ReservationState.Held) continue;
            foreach (var line in found.Lines) held[line.Share.Sku.Value] += line.Quantity;
        }
        foreach (var sku in Skus)
        {
            var (available, reserved) = await shop.LevelAsync(sku);
            Assert.True(available >= 0 && reserved >= 0);
            Assert.Equal((onHand[sku] - held[sku], held[sku]), (available, reserved));
        }
    }
}
