using FsCheck.Xunit;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Recommendations.Merchandising;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class RecommenderPropertyTests
{
    [Property(MaxTest = 8)]
    public async Task Any_request_is_answered_within_the_rules_and_twice_the_same(int seed)
    {
        var random = new Random(seed);
        await using var shop = await StartAsync(random);
        var soldOut = Skus.Where(_ => random.Next(3) == 0).ToHashSet();
        foreach (var sku in soldOut) shop.Stock(sku, 0);

        for (var i = 0; i < 30; i++)
        {
            var request = Invent(random);
            var answer = shop.Recommender.Recommend(request);

            var skus = answer.Products.Select(product => product.Sku.Value).ToArray();
            Assert.Equal(skus.Distinct(), skus);
            Assert.True(skus.Length <= request.Count);
            Assert.Empty(skus.Intersect(soldOut));
            Assert.DoesNotContain(Hidden, skus);
            Assert.Empty(skus.Intersect(request.Exclude.Concat(request.Products)
                .Concat(request.Cart).Select(sku => sku.Value)));
            Assert.All(answer.Products, product => Assert.True(float.IsFinite(product.Score)));
            if (request.Categories.Count > 0)
            {
                Assert.All(skus, sku => Assert.Contains(
                    shop.Shelf.Categories.Find(request.Categories[0]),
                    shop.Shelf.Find(shop.Engine.Items.Find(new(sku)))!.Categories.ToArray()));
            }
            Assert.Equal(answer.Products, shop.Recommender.Recommend(request).Products);
        }
    }

    [Property(MaxTest = 8)]
    public async Task Pages_repeat_nothing_also_while_the_visitor_clicks(int seed)
    {
        var random = new Random(seed);
        await using var shop = await StartAsync(random);
        var request = Invent(random) with { Count = random.Next(1, 6) };
        var shown = new List<string>();
        while (true)
        {
            var page = shop.Recommender.Recommend(request);
            shown.AddRange(page.Products.Select(product => product.Sku.Value));
            Assert.Equal(shown.Distinct(), shown);
            if (page.Next is not { } next) break;
            Assert.True(PageCursor.TryParse(next.ToString(), out var after));
            request = request with { After = after };
            await shop.HandleAsync(
                shop.View("v0", Skus[random.Next(Skus.Length)], 600 + shown.Count));
        }
    }

    [Property(MaxTest = 3)]
    public async Task What_a_sale_took_the_last_unit_of_is_in_no_answer_after_it(int seed)
    {
        var random = new Random(seed);
        await using var shop = await StartAsync(random);
        using var stop = new CancellationTokenSource();
        var selling = Task.Run(() =>
        {
            var sales = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                var sku = Skus[sales.Next(Skus.Length / 2)];
                shop.Stock(sku, sales.Next(2));
            }
        });
        // The half that nobody else touches: sold out here, between two answers.
        for (var i = 0; i < 200; i++)
        {
            var sku = Skus[random.Next(Skus.Length / 2, Skus.Length)];
            var units = random.Next(2);
            shop.Shelf.Committed(
                [new StockChanged(new(sku), StockRegion.Home, units, 1_000 + i)]);
            var answer = shop.AskFor($"v{random.Next(7)}", 20);
            if (units == 0) Assert.DoesNotContain(sku, answer);
        }
        await stop.CancelAsync();
        await selling;
    }

    /// <summary>Else what holds for every answer would hold for few.</summary>
    [Fact]
    public async Task The_invented_shops_answer_from_all_that_answers_come_from()
    {
        var sources = new HashSet<RecommendationSource>();
        for (var seed = 0; seed < 4; seed++)
        {
            var random = new Random(seed);
            await using var shop = await StartAsync(random);
            for (var i = 0; i < 60; i++)
            {
                sources.UnionWith(shop.Recommender.Recommend(Invent(random)).Products
                    .Select(product => product.Source));
            }
        }

        Assert.Equal(
            [RecommendationSource.Factors, RecommendationSource.Sessions,
            RecommendationSource.Linear, RecommendationSource.SeenTogether,
            RecommendationSource.BoughtTogether, RecommendationSource.Similar,
            RecommendationSource.Trending, RecommendationSource.NewArrivals,
            RecommendationSource.Exploration, RecommendationSource.Pinned],
            sources.Order());
    }

    private static readonly string[] Skus = [.. Enumerable.Range(0, 12).Select(i => $"p{i}")];

    private const string Hidden = "p11";

    /// <summary>A shop with all that an answer may come from: events, a model of most products, a
    /// merchant's wishes, two experiments, and what came of its first answers.</summary>
    private static async Task<ServingRig> StartAsync(Random random)
    {
        var shop = await ServingRig.StartAsync();
        foreach (var sku in Skus.Where(_ => random.Next(4) > 0))
            shop.Put(sku, $"c{random.Next(3)}");
        await shop.HandleAsync(new RandomShop(random.Next()).Events(150));
        shop.Models.Replace(ServedModel.Of(
            SampleModels.Of("m1", items: 9, seed: random.Next(), skus: Skus[2..11]),
            shop.Engine.Items));
        Assert.True(shop.Merchandising.Put(WishesOf(random), ifMatch: null).Is(out _, out _));
        Assert.True(shop.Experiments.Put(TrialsOf(random), ifMatch: null).Is(out _, out _));
        for (var i = 0; i < 20; i++) await ShowAsync(shop, random, i);
        return shop;
    }

    private static MerchandisingPlan WishesOf(Random random) => new()
    {
        Boosts =
        [
            new() { Categories = [$"c{random.Next(3)}"], Factor = 0.01 + random.NextDouble() },
            new() { Skus = [new(Skus[random.Next(12)])], Factor = 100 },
        ],
        Pins =
        [
            new() { Sku = new(Skus[random.Next(12)]), Position = random.Next(1, 12) },
            new() { Sku = new(Skus[random.Next(12)]), Position = 1, Placement = "similar" },
        ],
        Hidden = [new() { Skus = [new(Hidden)] }],
    };

    private static ExperimentBook TrialsOf(Random random) => new()
    {
        Experiments =
        [
            new("variety", [new("control", 40), new("more", 60)
            {
                Overrides = new()
                {
                    Diversity = random.NextDouble(),
                    Exploration = random.NextDouble(),
                },
            }]),
            new("sources", [new("without", 30) { Overrides = new() { Model = false } },
                new("taste", 40) { Overrides = new() { SourceWeights =
                    new Dictionary<RecommendationSource, double>
                    {
                        [RecommendationSource.Factors] = random.Next(3),
                        [RecommendationSource.Linear] = random.NextDouble(),
                    } } }]),
        ],
    };

    /// <summary>Shows an answer to a visitor, who may click on some of it.</summary>
    private static Task ShowAsync(ServingRig shop, Random random, int minute)
    {
        var visitor = $"v{random.Next(7)}";
        var answer = shop.Recommender.Recommend(
            new() { Visitor = new(visitor), Count = random.Next(1, 8) });
        string[] skus = [.. answer.Products.Select(product => product.Sku.Value)];
        CommerceEvent Tell(EventName name, params string[] of) =>
            shop.New(name, visitor, 300 + minute, of) with
            {
                Parameters = new Dictionary<string, string>
                { [RecommendationMetricsProjection.ListId] = answer.Id },
            };
        return shop.HandleAsync(
            [Tell(EventName.ViewItemList, skus),
            .. skus.Where(_ => random.Next(4) == 0)
                .Select(sku => Tell(EventName.SelectItem, sku))]);
    }

    private static RecommendationRequest Invent(Random random) => new()
    {
        Placement = (Placement)random.Next(5),
        Visitor = random.Next(4) == 0 ? null : new VisitorId($"v{random.Next(9)}"),
        Count = random.Next(1, 12),
        Products = [.. Some(random).Select(sku => new Sku(sku))],
        Cart = [.. Some(random).Select(sku => new Sku(sku))],
        Exclude = [.. Some(random).Select(sku => new Sku(sku))],
        Categories = random.Next(3) == 0 ? [$"c{random.Next(3)}"] : [],
    };

    private static IEnumerable<string> Some(Random random) =>
        Skus.Append("unheard-of").Where(_ => random.Next(6) == 0);
}
