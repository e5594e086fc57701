using FsCheck.Xunit;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Products;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Products;

public sealed class ProductCountsTests
{
    [Property(MaxTest = 60)]
    public void Each_product_has_the_counts_of_the_whole_list(int seed)
    {
        var events = new RandomShop(seed) { LateShare = 0.1 }.Events(400);
        using var run = new GraphRun(build: _ => [new ProductCountsProjection()]).Push(events);

        var lines = events.SelectMany(e => e.Lines, (e, line) => (e.Name, line)).ToArray();
        foreach (var sku in lines.Select(pair => pair.line.Sku).Distinct())
        {
            var own = lines.Where(pair => pair.line.Sku == sku).ToArray();
            var product = run.Graph.Products.Find(sku);
            Assert.Equal(
                new ProductCounts
                {
                    Views = own.Count(pair => pair.Name == EventName.ViewItem),
                    Carts = own.Count(pair => pair.Name == EventName.AddToCart),
                    Purchases = own.Count(pair => pair.Name == EventName.Purchase),
                    UnitsSold = Units(own, EventName.Purchase),
                    UnitsRefunded = Units(own, EventName.Refund),
                },
                run.Get<ProductCountsProjection>()[product]);
        }
    }

    [Fact]
    public void Products_beyond_the_limit_are_counted_as_such_and_cost_nothing()
    {
        using var run = new GraphRun(new EngineOptions { ProductLimit = 3 });
        run.Push(new RandomShop(1).Events(500));
        run.Restart(everything: true).Push(new RandomShop(2) { Sources = 2 }.Events(500));

        Assert.Equal(3, run.Graph.Products.Count);
        Assert.NotEqual(0, run.Graph.Products.Overflowed);
        Assert.Empty(run.Poison);
    }

    private static long Units((EventName Name, EventLine Line)[] lines, EventName name) =>
        lines.Where(pair => pair.Name == name).Sum(pair => (long)pair.Line.Quantity);
}
