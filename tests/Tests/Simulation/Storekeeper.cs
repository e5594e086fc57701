using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Simulation;

/// <summary>Receives and corrects stock, spreads it over buckets, and changes how it is promised.
/// </summary>
internal sealed class Storekeeper(SimulatedShop shop)
{
    private readonly Line _line = new(shop);

    private Chance Chance => shop.Chance;

    public async Task RunAsync()
    {
        for (var i = Chance.Below(8); i > 0; i--)
        {
            await _line.PauseAsync(Chance.UpTo(Simulation.RoughTime / 4));
            var (sku, operation) = (Chance.Of<Sku>(Wares.Skus), new OperationId($"keeper-{i}"));
            await (Chance.Below(6) switch
            {
                0 or 1 => RepeatAsync(new StockAdjustment(operation, Wares.Share(sku),
                    1 + Chance.Below(4), MovementKind.Received)),
                2 => RepeatAsync(new StockAdjustment(
                    operation, Wares.Share(sku), -1 - Chance.Below(2))),
                3 or 4 => _line.AskAsync(process => process.Stores.StockKeeping.SpreadAsync(
                    new(operation, sku, StockRegion.Home, 1 + Chance.Below(4)),
                    CancellationToken.None)),
                _ => _line.AskAsync(process => process.Stores.StockKeeping.PutPolicyAsync(
                    sku,
                    new()
                    {
                        SafetyStock = Chance.Below(2),
                        BackorderLimit = Chance.OneIn(3) ? 3 : 0,
                    },
                    CancellationToken.None)),
            });
        }
    }

    private async Task RepeatAsync(StockAdjustment adjustment)
    {
        for (var i = 0; i < 5; i++)
        {
            var reply = await _line.AskAsync(process =>
                process.Stores.Stock.AdjustAsync(adjustment, CancellationToken.None));
            if (reply.HasCome && Chance.OneIn(2)) return;
        }
    }
}
