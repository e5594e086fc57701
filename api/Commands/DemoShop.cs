using StreamCommerce.Engine;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Ingest.Simulation;

namespace StreamCommerce.Api.Commands;

/// <summary>Puts the simulated catalogue into the shop, with its prices and its first stock.
/// </summary>
internal static class DemoShop
{
    /// <summary>Repeating it changes nothing: a kept shop keeps its stock.</summary>
    public static async Task FillAsync(
        ShopStores stores, SimulatedCatalogue catalogue, CancellationToken ct)
    {
        foreach (var chunk in catalogue.Products.Chunk(ProductRules.ImportCountLimit))
        {
            var answer = await stores.Products.ImportAsync(
                Array.ConvertAll(chunk, ToProduct), ct);
            if (answer.Refusal is { } refusal) throw new CommandFailedException(refusal.Detail);
        }
        // Waits at once, so that the store can put them into few commits.
        await Task.WhenAll(catalogue.Products.Select(product => ReceiveAsync(stores, product, ct)));
    }

    /// <summary>Tries something out, where nothing is tried yet: half of the shoppers get more
    /// variety.</summary>
    public static void Try(ExperimentBooks experiments)
    {
        var answer = experiments.Put(new ExperimentBook
        {
            Experiments =
            [
                new Experiment("variety", [new("as it is", 50), new("more variety", 50)
                {
                    Overrides = new() { Diversity = 0.6 },
                }]),
            ],
        }, ifMatch: 0);
        if (answer.Refusal is { Code: not RefusalCode.VersionMismatch } refusal)
            throw new CommandFailedException(refusal.Detail);
    }

    public static Product ToProduct(SimulatedProduct product) => new()
    {
        Sku = product.Sku,
        Title = product.Name,
        Description = "An invented product of a simulated shop.",
        Brand = product.Maker,
        Categories = [product.CategoryPath],
        Attributes = product.Attributes,
        Price = product.BasePrice,
    };

    private static async Task ReceiveAsync(
        ShopStores stores, SimulatedProduct product, CancellationToken ct)
    {
        var answer = await stores.Stock.AdjustAsync(new StockAdjustment(
            new OperationId($"demo-first-stock-{product.Sku}"),
            new ShareKey(product.Sku, stores.StockRegion), product.InitialStock,
            MovementKind.Received, "first stock (simulated)"), ct);
        if (answer.Refusal is { } refusal) throw new CommandFailedException(refusal.Detail);
    }
}
