using FsCheck.Xunit;
using StreamCommerce.Engine.Trending;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Counts;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Trending;

public sealed class TrendingTests
{
    private static readonly Dictionary<EventName, double> Weights = new()
    {
        [EventName.ViewItem] = 1,
        [EventName.SelectItem] = 0.5,
        [EventName.AddToCart] = 4,
        [EventName.Purchase] = 8,
    };

    [Property(MaxTest = 60)]
    public void A_product_is_worth_the_direct_sum_of_its_decayed_events(int seed)
    {
        var events = new RandomShop(seed) { LateShare = 0.1 }.Events(300);
        using var run = Run(events);
        var now = events.Max(e => e.Time);

        foreach (var sku in events.SelectMany(e => e.Lines).Select(line => line.Sku).Distinct())
        {
            var sum = events.Where(e => Weights.ContainsKey(e.Name)).Sum(e =>
                e.Lines.Count(line => line.Sku == sku) * Weights[e.Name]
                    * Math.Pow(0.5, (now - e.Time) / TrendingProjection.HalfLife));
            var count = CountOf(run, sku);
            Assert.Equal(sum, count.ValueAt(TrendingProjection.ToHalfLives(now)), 1e-6);
        }
    }

    [Property(MaxTest = 40)]
    public void The_order_of_arrival_does_not_matter(int seed)
    {
        var events = new RandomShop(seed).Events(300);
        using var inOrder = Run(events);
        var shuffled = events.ToArray();
        new Random(seed).Shuffle(shuffled);
        using var mixed = Run(shuffled);

        foreach (var sku in inOrder.Graph.Products.All)
        {
            var (left, right) = (CountOf(inOrder, sku).Log2, CountOf(mixed, sku).Log2);
            Assert.True(left.Equals(right) || Math.Abs(left - right) < 1e-9, $"{left} {right}");
        }
    }

    private static GraphRun Run(CommerceEvent[] events) =>
        new GraphRun(build: _ => [new TrendingProjection()]).Push(events);

    private static DecayedCount CountOf(GraphRun run, Sku sku) =>
        run.Get<TrendingProjection>()[run.Graph.Products.Find(sku)];
}
