using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>A flash sale under way.</summary>
/// <param name="Product">The product's index in the catalogue.</param>
/// <param name="Price">What it costs meanwhile.</param>
/// <param name="Start">In milliseconds since the run's start.</param>
/// <param name="Duration">In milliseconds.</param>
internal sealed record FlashSale(int Product, Money Price, long Start, long Duration)
{
    /// <summary>The part that is still to come, from 1 down to 0: how strong the rush is.</summary>
    public double RestAt(long now) => Math.Max(0, 1 - ((now - Start) / (double)Duration));
}

/// <summary>
/// Flash sales, one at a time: a product by popularity, 20 to 50 percent off for a while.
/// </summary>
internal sealed class FlashSales(ShopperRun run, SimulatorOptions options) : SimulatedProcess
{
    private const double DayMs = 86_400_000;

    public override Turn Act(long now)
    {
        if (run.Sale is { } over)
        {
            run.Sale = null;
            var product = run.Catalogue.Products[over.Product];
            return new Turn(
                new ShopperAction.EndFlashSale(
                    run.NextNumber(), run.TimeAt(now), product.Sku, product.BasePrice),
                now + Gap());
        }
        var duration = (long)options.FlashSaleDuration.TotalMilliseconds;
        var sale = run.Sale = Draw(now, duration);
        return new Turn(
            new ShopperAction.StartFlashSale(
                run.NextNumber(), run.TimeAt(now), run.Catalogue.Products[sale.Product].Sku,
                sale.Price, run.TimeAt(now + duration)),
            now + duration);
    }

    public long Gap() => (long)run.Random.Exponential(DayMs / options.FlashSalesPerDay);

    private FlashSale Draw(long now, long duration)
    {
        var product = run.Catalogue.Draw(run.Random);
        var full = run.Catalogue.Products[product].BasePrice;
        var percent = 50 + run.Random.Below(31);
        var price = new Money(full.Amount * percent / 100m, full.Currency).Round();
        return new FlashSale(product, price, now, duration);
    }
}
