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
    [Property(MaxTest = 50)]
    public void Impressions_and_clicks_are_those_of_a_direct_count_in_whatever_order(int seed)
    {
        var random = new Random(seed);
        var events = Traffic(random, answers: 3 * VisitorTrail.AnswerLimit);
        using var run = New().Push(events);
        random.Shuffle(events);
        using var shuffled = New();
        foreach (var part in events.Chunk(60))
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
        var events = Traffic(random, answers: 24).Concat(Enumerable.Range(0, 60).Select(i => shop.Bought(
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

    [Property(MaxTest = 60)]
    public void Purchases_are_credited_as_by_a_direct_count_in_whatever_order(int seed)
    {
        var random = new Random(seed);
        var events = Purchases(random);
        random.Shuffle(events);
        using var run = New();
        foreach (var part in events.Chunk(9))
            run.Push(part).Restart(everything: random.Next(3) == 0);

        var expected = CreditDirectly(events);
        var metrics = run.Get<RecommendationMetricsProjection>();
        Assert.Equal(expected.BySource, metrics.Sources
            .Where(source => source.Sums.Conversions > 0)
            .ToDictionary(source => source.Source,
                source => (source.Sums.Conversions, source.Sums.Revenue[Euro])));
        Assert.Equal(expected.ByArm, metrics.Arms
            .Where(arm => arm.Value.Conversions > 0)
            .ToDictionary(arm => arm.Key,
                arm => (arm.Value.Conversions, arm.Value.Buyers, arm.Value.Revenue[Euro])));
    }

    private static readonly Currency Euro = Currency.Of("EUR");

    private static GraphRun New() => new(build: _ => [new RecommendationMetricsProjection()]);

    /// <summary>Three visitors; no more answers each than are told apart.</summary>
    private static CommerceEvent[] Traffic(Random random, int answers)
    {
        var shop = new ShownAnswers();
        var events = new List<CommerceEvent>();
        for (var answer = 0; answer < answers; answer++)
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

    /// <summary>Two visitors, no more clicks and purchases each than are kept, no two of them at
    /// the same time, over some days.</summary>
    private static CommerceEvent[] Purchases(Random random)
    {
        var shop = new ShownAnswers();
        var events = new List<CommerceEvent>();
        foreach (var visitor in new[] { "v0", "v1" })
        {
            int[] minutes = [.. Enumerable.Range(0, 200).Select(i => 20 * i)];
            random.Shuffle(minutes);
            var times = new Queue<int>(minutes);
            string[] skus = ["p0", "p1", "p2"];
            var clicks = new List<CommerceEvent>();
            for (var answer = 0; answer < 8; answer++)
            {
                var id = shop.Answer(visitor, [new("e", $"arm{random.Next(2)}")],
                    [.. skus.Select(sku => (sku, (RecommendationSource)random.Next(4)))]);
                events.Add(shop.Shown(visitor, id, skus));
                clicks.AddRange(skus.Select(
                    sku => shop.Clicked(visitor, id, sku, times.Dequeue())));
            }
            CommerceEvent[] drawn = [.. clicks];
            random.Shuffle(drawn);
            events.AddRange(drawn.Take(PurchaseCredits.ClickLimit));
            for (var i = 0; i < PurchaseCredits.PurchaseLimit; i++)
            {
                events.Add(shop.Bought(visitor, times.Dequeue(),
                    (skus[random.Next(skus.Length)], 1, random.Next(1, 100))));
            }
        }
        return [.. events];
    }

    private static (Dictionary<RecommendationSource, (long, CreditedRevenue)> BySource,
        Dictionary<uint, (long, long, CreditedRevenue)> ByArm) CreditDirectly(
        CommerceEvent[] events)
    {
        var credits = new List<(VisitorId Visitor, AnswerLabel Label, Sku Sku, decimal Paid)>();
        var free = events.Where(e => e.Name == EventName.SelectItem).ToList();
        foreach (var purchase in events.Where(e => e.Name == EventName.Purchase)
            .OrderBy(e => e.Time))
        {
            var (sku, paid) = (purchase.Lines[0].Sku, purchase.Lines[0].UnitPrice!.Value.Amount);
            if (free.Where(click => click.Visitor == purchase.Visitor
                    && click.Lines[0].Sku == sku && click.Time <= purchase.Time
                    && click.Time >= purchase.Time.AddDays(-1))
                .MaxBy(click => click.Time) is not { } last) continue;
            free.Remove(last);
            credits.Add((
                purchase.Visitor, AnswerLabel.Read(IdOf(last), last.Visitor)!, sku, paid));
        }
        return (
            credits.GroupBy(credit => credit.Label.SourceOf(credit.Label.Find(credit.Sku)))
                .ToDictionary(all => all.Key, all => (all.LongCount(), new CreditedRevenue(
                    all.Sum(credit => credit.Paid),
                    all.Sum(credit => (double)(credit.Paid * credit.Paid))))),
            credits.GroupBy(credit => credit.Label.ArmOf(0)).ToDictionary(all => all.Key, all =>
            {
                var sums = all.GroupBy(credit => credit.Visitor)
                    .Select(of => of.Sum(credit => credit.Paid)).ToArray();
                return (all.LongCount(), sums.LongLength, new CreditedRevenue(
                    sums.Sum(), sums.Sum(sum => (double)(sum * sum))));
            }));
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
