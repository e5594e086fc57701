using FsCheck.Xunit;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations.Newcomers;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Newcomers;

public sealed class NewestProductsTests
{
    [Property(MaxTest = 40)]
    public void A_products_last_visitors_are_kept_also_over_a_restart(int seed)
    {
        var random = new Random(seed);
        var events = new RandomShop(seed) { Visitors = 60, LateShare = 0.1 }.Events(600);
        using var run = NewRun().Push(events.AsSpan(0, 200).ToArray());
        run.Restart(everything: true).Push(events.AsSpan(200, 200).ToArray());
        run.Restart(everything: random.Next(2) == 0).Push(events.AsSpan(400).ToArray());

        foreach (var touches in events.Where(IsTouch)
            .SelectMany(e => e.Lines, (e, line) => (line.Sku, e.Visitor, e.Time.UtcTicks))
            .GroupBy(touch => touch.Sku))
        {
            var visitors = run.Get<NewestProductsProjection>().VisitorsOf(
                run.Graph.Products.Find(touches.Key), out var first);

            Assert.Equal(touches.First().UtcTicks, first);
            Assert.Equal(
                touches.Select(touch => touch.Visitor).Reverse().Distinct()
                    .Take(NewestProductsProjection.VisitorLimit).Reverse(),
                visitors.ToArray().Select(visitor => run.Graph.Visitors[visitor]));
        }
    }

    [Fact]
    public void Only_the_newest_products_are_kept()
    {
        const int limit = NewestProductsProjection.ProductLimit;
        using var run = NewRun();
        run.Push(Enumerable.Range(0, limit + 1).Select(i => View(i, $"p{i}")));
        var newest = run.Get<NewestProductsProjection>();

        // One of long ago does not come back by being looked at again.
        run.Push(View(limit + 1, "p0"));

        Assert.True(newest.VisitorsOf(0, out _).IsEmpty);
        Assert.Equal(0, newest.ChangesOf(0));
        Assert.Equal(1, newest.VisitorsOf(1, out _).Length);
        Assert.Equal(1, newest.VisitorsOf(limit, out _).Length);
    }

    private static GraphRun NewRun() => new(build: graph =>
    {
        var profiles = new ProfileProjection(graph);
        return [profiles, new NewestProductsProjection(graph, profiles)];
    });

    private static bool IsTouch(CommerceEvent e) => e.Name is EventName.SelectItem
        or EventName.ViewItem or EventName.AddToCart or EventName.Purchase;

    private static CommerceEvent View(int id, string sku) => new()
    {
        Id = new($"e{id}"),
        Source = "/shop/0",
        Name = EventName.ViewItem,
        Time = RandomShop.Start.AddSeconds(id),
        Visitor = new("v"),
        Lines = [new EventLine(new(sku), 1)],
    };
}
