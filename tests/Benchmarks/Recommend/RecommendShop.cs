using System.Globalization;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Sqlite;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Benchmarks.Recommend;

/// <summary>
/// A service's data folder with a catalogue, stock, visitors' histories in the log, and a model
/// that was trained on them and is current in the registry.
/// </summary>
internal static class RecommendShop
{
    public const int VisitorDigits = 7;

    private const int ProductDigits = 7;
    private const int MeanLength = 12;
    private const int VisitClicks = 4;

    // One product in so many is sold out.
    private const int SoldOutEvery = 20;
    private const int Stock = 100;

    // Adjustments on their way at a time: the store takes as many as wait into one transaction.
    private const int Adjusting = 5_000;

    private static readonly TimeSpan BetweenVisits = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenClicks = TimeSpan.FromSeconds(20);

    public static string VisitorId(long visitor) =>
        "v" + visitor.ToString($"D{VisitorDigits}", CultureInfo.InvariantCulture);

    public static string ProductId(int product) =>
        "P" + product.ToString($"D{ProductDigits}", CultureInfo.InvariantCulture);

    /// <summary>A product's number; throws where the id is none of this shop's.</summary>
    public static int NumberOf(string productId) =>
        int.Parse(productId.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);

    public static bool IsSoldOut(int product) => product % SoldOutEvery == 7;

    /// <summary>What the visitors looked at; the same each time.</summary>
    public static Histories DrawHistories(int products, int visitors) =>
        new TasteSimulation(products, seed: 1).Draw(visitors, MeanLength);

    /// <summary>Makes the folder.</summary>
    public static async Task PrepareAsync(string directory, int products, int visitors)
    {
        var histories = DrawHistories(products, visitors);
        await using (var stores = SqliteShop.Open(
            new SqliteShopOptions { Path = Path.Combine(directory, "shop.db") },
            TimeProvider.System))
        {
            await FillCatalogueAsync(stores, products);
        }
        await FillLogAsync(Path.Combine(directory, "log"), histories);
        await ShopModel.PublishAsync(Path.Combine(directory, "models"), histories);
    }

    private static async Task FillCatalogueAsync(ShopStores stores, int products)
    {
        foreach (var chunk in Enumerable.Range(0, products)
            .Chunk(ProductRules.ImportCountLimit))
        {
            Check(await stores.Products.ImportAsync(
                [.. chunk.Select(ProductOf)], CancellationToken.None));
        }
        foreach (var chunk in Enumerable.Range(0, products).Chunk(Adjusting))
        {
            await Task.WhenAll(chunk.Select(product => AdjustAsync(stores.Stock, product, Stock)));
            // One without any stock is not sold out: nobody counts it.
            await Task.WhenAll(chunk.Where(IsSoldOut)
                .Select(product => AdjustAsync(stores.Stock, product, -Stock)));
        }
    }

    private static async Task AdjustAsync(IStockStore stock, int product, int delta) =>
        Check(await stock.AdjustAsync(new StockAdjustment(
            new OperationId($"{ProductId(product)}{delta}"),
            new ShareKey(new Sku(ProductId(product)), StockRegion.Home), delta,
            delta > 0 ? MovementKind.Received : MovementKind.Adjusted, "benchmark"),
            CancellationToken.None));

    private static Product ProductOf(int product) => new()
    {
        Sku = new Sku(ProductId(product)),
        Title = $"Product {product}",
        Categories = [$"Category {product % 200}"],
        Price = new Money(9.99m, Currency.Of("EUR")),
    };

    /// <summary>Visit by visit: each visitor's first, then each one's second, and so on, the last
    /// one an hour ago.</summary>
    private static async Task FillLogAsync(string directory, Histories histories)
    {
        await using var log = EmbeddedEventLog.Open(
            new EmbeddedLogOptions { Directory = directory }, TimeProvider.System);
        var visits = 0L;
        for (var visitor = 0; visitor < histories.UserCount; visitor++)
            visits += (histories[visitor].Length + VisitClicks - 1) / VisitClicks;
        var start = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1)
            - (visits * BetweenVisits);
        foreach (var batch in Events(histories, start).Chunk(EventRules.BatchCountLimit))
            await log.AppendAsync(batch, CancellationToken.None);
    }

    private static IEnumerable<CommerceEvent> Events(Histories histories, DateTimeOffset start)
    {
        var (visits, isMore) = (0L, true);
        for (var first = 0; isMore; first += VisitClicks)
        {
            isMore = false;
            for (var visitor = 0; visitor < histories.UserCount; visitor++)
            {
                var history = histories.MemoryOf(visitor);
                if (first >= history.Length) continue;
                var began = start + (visits++ * BetweenVisits);
                isMore = true;
                for (var i = first; i < Math.Min(first + VisitClicks, history.Length); i++)
                {
                    yield return EventOf(visitor, i, history.Span[i].Item,
                        began + ((i - first) * BetweenClicks));
                }
            }
        }
    }

    private static CommerceEvent EventOf(
        int visitor, int number, int product, DateTimeOffset time) => new()
        {
            Id = new EventId($"{visitor}-{number}"),
            Source = "/shop/web",
            Name = number % 10 == 9 ? EventName.AddToCart : EventName.ViewItem,
            Time = time,
            Visitor = new VisitorId(VisitorId(visitor)),
            Session = new SessionId($"{visitor}-{number / VisitClicks}"),
            Lines = [new EventLine(new Sku(ProductId(product)), 1)],
        };

    private static void Check<T>(Answer<T> answer)
        where T : class
    {
        if (!answer.Is(out _, out var refusal))
            throw new InvalidOperationException(refusal.Detail);
    }
}
