using FsCheck.Xunit;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class CoVisitationTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private int _ids;

    [Property(MaxTest = 60)]
    public void Below_the_limit_weights_are_those_of_a_direct_count(int seed)
    {
        var events = new RandomShop(seed).Events(400);
        using var run = New().Push(events);

        var expected = CountDirectly(events);
        var products = run.Graph.Products;
        var actual = new Dictionary<(Sku, Sku), double>();
        for (var item = 0; item < products.Count; item++)
        {
            foreach (var neighbour in run.Get<CoVisitationProjection>().Index.Of(item))
                actual[(products[item], products[neighbour.Item])] = neighbour.Weight;
        }
        Assert.Equal(expected.Keys.OrderBy(Text), actual.Keys.OrderBy(Text));
        Assert.All(expected, pair => Assert.Equal(pair.Value, actual[pair.Key], 1e-3));
    }

    [Fact]
    public void Products_of_two_sittings_are_not_seen_together()
    {
        using var run = New().Push(At(0, "a"), At(31, "b"));

        Assert.Empty(run.Get<CoVisitationProjection>().Index.Of(0));
    }

    [Fact]
    public void What_was_seen_an_hour_before_is_not_paired_though_it_arrives_after()
    {
        using var run = New().Push(At(60, "a"), At(10, "b"), At(61, "c"));

        Assert.Empty(run.Get<CoVisitationProjection>().Index.Of(run.Graph.Products.Find(new("b"))));
        var product = run.Graph.Products.Find(new("a"));
        Assert.Single(run.Get<CoVisitationProjection>().Index.Of(product));
    }

    [Fact]
    public void A_late_event_pairs_with_nothing()
    {
        using var run = New().Push(At(0, "a"));
        run.AdvanceTo(Noon.AddHours(2));

        run.Push(At(1, "b"));

        Assert.Equal(1, run.Graph.Clock.LateEvents);
        Assert.Empty(run.Get<CoVisitationProjection>().Index.Of(run.Graph.Products.Find(new("b"))));
    }

    private static GraphRun New() => new(build: graph => [new CoVisitationProjection(graph)]);

    private static string Text((Sku, Sku) pair) => $"{pair}";

    private static Dictionary<(Sku, Sku), double> CountDirectly(CommerceEvent[] events)
    {
        var weights = new Dictionary<(Sku, Sku), double>();
        var recents = new Dictionary<VisitorId, (List<Sku> Skus, DateTimeOffset Last)>();
        foreach (var e in events)
        {
            var weight = e.Name switch
            {
                EventName.ViewItem => 1,
                EventName.AddToCart => 2,
                EventName.Purchase => 3,
                _ => 0,
            };
            if (weight == 0) continue;
            var (skus, last) = recents.GetValueOrDefault(e.Visitor, ([], e.Time));
            if (e.Time < last - SessionRules.Gap) continue;
            if (e.Time > last + SessionRules.Gap) skus.Clear();
            foreach (var line in e.Lines)
            {
                for (var i = 0; i < skus.Count; i++)
                {
                    if (skus[i] == line.Sku) continue;
                    Add(weights, line.Sku, skus[i], weight / (i + 1.0));
                    Add(weights, skus[i], line.Sku, weight / (i + 1.0));
                }
                skus.Remove(line.Sku);
                skus.Insert(0, line.Sku);
                if (skus.Count > 5) skus.RemoveAt(5);
            }
            recents[e.Visitor] = (skus, e.Time > last ? e.Time : last);
        }
        return weights;
    }

    private static void Add(
        Dictionary<(Sku, Sku), double> weights, Sku left, Sku right, double weight) =>
        weights[(left, right)] = weights.GetValueOrDefault((left, right)) + weight;

    private CommerceEvent At(double minutes, string sku) => new()
    {
        Id = new($"e{_ids++}"),
        Source = "/shop/0",
        Name = EventName.ViewItem,
        Time = Noon.AddMinutes(minutes),
        Visitor = new("v"),
        Lines = [new(new(sku), 1)],
    };
}
