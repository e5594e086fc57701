using FsCheck.Xunit;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Attribution;

/// <summary>What holds for every traffic; it is made from a seed.</summary>
public sealed class AttributionPropertyTests
{
    [Property(MaxTest = 100)]
    public void Impressions_and_clicks_are_those_of_a_direct_count_in_whatever_order(int seed)
    {
        var random = new Random(seed);
        var events = Traffic(random);
        using var run = New().Push(events);
        random.Shuffle(events);
        using var shuffled = New();
        foreach (var part in events.Chunk(20))
            shuffled.Push(part).Restart(everything: random.Next(3) == 0);

        var expected = CountDirectly(events);
        Assert.Equal(expected, SumsOf(run));
        Assert.Equal(expected, SumsOf(shuffled));
        Assert.Equal(ArmsOf(run), ArmsOf(shuffled));
    }

    [Property(MaxTest = 50)]
    public void A_restart_between_any_two_events_changes_nothing(int seed)
    {
        var random = new Random(seed);
        var shop = new ShownAnswers();
        var events = Traffic(random).Concat(Enumerable.Range(0, 60).Select(i => shop.Bought(
            $"v{random.Next(3)}", random.Next(100), ($"p{random.Next(6)}", 1, random.Next(100)))
            with
        { Id = new($"buy{i}") })).ToArray();
        random.Shuffle(events);
        using var run = New().Push(events);
        using var restarted = New();
        foreach (var part in events.Chunk(7))
            restarted.Push(part).Restart(everything: random.Next(4) == 0);

        Assert.Equal(Everything(run), Everything(restarted));
    }

    private static GraphRun New() => new(build: _ => [new RecommendationMetricsProjection()]);

    /// <summary>Three visitors, no more answers each than are told apart.</summary>
    private static CommerceEvent[] Traffic(Random random)
    {
        var shop = new ShownAnswers();
        var events = new List<CommerceEvent>();
        for (var answer = 0; answer < 3 * VisitorTrail.AnswerLimit; answer++)
        {
            var visitor = $"v{answer % 3}";
            var skus = Enumerable.Range(0, 6).Select(i => $"p{i}").ToArray();
            random.Shuffle(skus);
            ArmName[] arms = [new("e", $"arm{answer % 2}"), new("f", $"arm{random.Next(2)}")];
            var id = shop.Answer(visitor, arms, [.. skus.Select(
                sku => (sku, (RecommendationSource)random.Next(4)))]);
            for (var i = random.Next(6); i > 0; i--)
            {
                events.Add(shop.Shown(visitor, id, skus[..random.Next(1, 6)]));
                if (random.Next(2) == 0)
                    events.Add(shop.Clicked(visitor, id, skus[random.Next(6)], random.Next(60)));
            }
        }
        return [.. events];
    }

    private static Dictionary<RecommendationSource, (long, long)> CountDirectly(
        CommerceEvent[] events)
    {
        var shown = new HashSet<(string, Sku)>();
        var clicked = new HashSet<(string, Sku)>();
        foreach (var e in events)
        {
            foreach (var line in e.Lines)
                (e.Name == EventName.SelectItem ? clicked : shown).Add((IdOf(e), line.Sku));
        }
        var visitors = events.GroupBy(IdOf)
            .ToDictionary(all => all.Key, all => all.First().Visitor);
        return shown.GroupBy(one =>
        {
            var label = AnswerLabel.Read(one.Item1, visitors[one.Item1])!;
            return label.SourceOf(label.Find(one.Item2));
        }).ToDictionary(all => all.Key, all => (all.LongCount(), all.LongCount(clicked.Contains)));
    }

    private static string IdOf(CommerceEvent e) =>
        e.Parameters![RecommendationMetricsProjection.ListId];

    private static Dictionary<RecommendationSource, (long, long)> SumsOf(GraphRun run) =>
        run.Get<RecommendationMetricsProjection>().Sources.ToDictionary(
            source => source.Source, source => (source.Sums.Impressions, source.Sums.Clicks));

    private static string[] ArmsOf(GraphRun run) =>
        [.. run.Get<RecommendationMetricsProjection>().Arms
            .Select(arm => $"{arm.Key}: {arm.Value.Impressions} {arm.Value.Clicks} " +
                $"{arm.Value.ByVisitor}")
            .Order()];

    private static string[] Everything(GraphRun run) =>
        [.. ArmsOf(run),
        .. run.Get<RecommendationMetricsProjection>().Arms.Values
            .Concat(run.Get<RecommendationMetricsProjection>().Sources.Select(one => one.Sums))
            .Select(sums => $"{sums.Impressions} {sums.Clicks} {sums.Conversions} {sums.Buyers} " +
                string.Join(' ', sums.Revenue)).Order(),
        $"{run.Get<RecommendationMetricsProjection>().Uncounted}",
        .. run.Get<RecommendationMetricsProjection>().Items.ToArray()
            .Take(run.Graph.Products.Count)
            .Select((item, i) => $"{run.Graph.Products[i]} {item}").Order()];
}
