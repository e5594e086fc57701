using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class RecommenderTests
{
    [Fact]
    public async Task A_visitor_gets_what_others_saw_with_the_last_click_and_is_told_so()
    {
        await using var shop = await ServingRig.StartAsync();
        await shop.HandleAsync(
            shop.View("a", "tent"), shop.View("a", "lamp", 1), shop.View("b", "shoe"),
            shop.View("b", "sock", 1), shop.View("me", "tent", 2));

        var best = shop.Recommender.Recommend(new() { Visitor = new("me") }).Products[0];

        Assert.Equal("lamp", best.Sku.Value);
        Assert.Equal("tent", best.Because?.Value);
        Assert.Equal(RecommendationReason.Viewed, best.Reason);
        Assert.Equal(RecommendationSource.Sessions, best.Source);
    }

    [Fact]
    public async Task A_click_changes_the_next_answer()
    {
        await using var shop = await ServingRig.StartAsync();
        await shop.HandleAsync(
            shop.View("a", "tent"), shop.View("a", "lamp", 1), shop.View("b", "shoe"),
            shop.View("b", "sock", 1), shop.View("me", "tent", 2));
        Assert.Equal("lamp", shop.AskFor("me")[0]);

        await shop.HandleAsync(shop.View("me", "shoe", 3));

        Assert.Equal("sock", shop.AskFor("me")[0]);
    }

    [Fact]
    public async Task Of_whom_nothing_is_known_gets_what_is_trending_then_what_is_new()
    {
        await using var shop = await ServingRig.StartAsync();
        foreach (var sku in new[] { "old", "hot", "newest" }) shop.Put(sku);
        await shop.HandleAsync(shop.View("a", "hot"), shop.View("b", "hot"));

        var answer = shop.Recommender.Recommend(new()).Products;

        Assert.Equal(["hot", "newest", "old"], answer.Select(product => product.Sku.Value));
        Assert.Equal(
            [RecommendationReason.Trending, RecommendationReason.New, RecommendationReason.New],
            answer.Select(product => product.Reason));
        Assert.Equal(shop.Ask(new()), shop.AskFor("nobody"));
    }

    [Fact]
    public async Task An_empty_shop_recommends_nothing()
    {
        await using var shop = await ServingRig.StartAsync();

        var answer = shop.Recommender.Recommend(new() { Products = [new("unheard-of")] });

        Assert.Empty(answer.Products);
        Assert.Null(answer.Next);
    }

    [Fact]
    public async Task What_was_seen_or_bought_or_lies_in_the_cart_is_not_recommended()
    {
        await using var shop = await ServingRig.StartAsync();
        await shop.HandleAsync(
            shop.Buy("a", 0, "tent", "lamp", "mat", "cup"), shop.View("me", "tent", 1),
            shop.Buy("me", 2, "lamp"));

        Assert.Equal(["cup"], shop.Ask(new() { Visitor = new("me"), Cart = [new("mat")] }));
    }

    [Fact]
    public async Task Only_products_of_the_categories_come_however_little_they_are_wanted()
    {
        await using var shop = await ServingRig.StartAsync();
        shop.Put("tent", "camping");
        shop.Put("shoe", "fashion");
        shop.Put("sock", "fashion", "sale");
        await shop.HandleAsync(shop.View("a", "tent"), shop.View("a", "tent"));

        Assert.Equal(["shoe", "sock"], shop.Ask(new() { Categories = ["fashion"] }).Order());
        Assert.Equal(
            ["sock", "tent"], shop.Ask(new() { Categories = ["sale", "camping"] }).Order());
        Assert.Empty(shop.Ask(new() { Categories = ["unheard-of"] }));
    }

    [Fact]
    public async Task In_a_category_that_few_visit_what_goes_with_the_visit_comes_first()
    {
        await using var shop = await ServingRig.StartAsync();
        shop.Put("pump", "garden");
        shop.Put("hose", "garden");
        // More products of other categories are seen with the tent than any list holds.
        await shop.HandleAsync([.. Enumerable.Range(0, 120).SelectMany(i => new[]
        {
            shop.View($"a{i}", "tent"), shop.View($"a{i}", $"p{i}", 1),
            shop.View($"b{i}", "tent"), shop.View($"b{i}", $"p{i}", 1),
        })]);
        await shop.HandleAsync(
            shop.View("c", "tent"), shop.View("c", "hose", 1), shop.View("me", "tent", 2));

        var products = shop.Recommender.Recommend(
            new() { Visitor = new("me"), Categories = ["garden"] }).Products;

        Assert.Equal(["hose", "pump"], products.Select(product => product.Sku.Value));
        Assert.Equal("tent", products[0].Because?.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(4_000)]
    public async Task What_trended_is_listed_however_long_nothing_happened_since(int days)
    {
        await using var shop = await ServingRig.StartAsync();
        await shop.HandleAsync(
            shop.View("a", "tent"), shop.View("b", "tent"), shop.View("c", "lamp"));
        await shop.HandleAsync(shop.New(EventName.Search, "d", days * 24 * 60.0));

        var products = shop.Recommender.Recommend(
            new() { Placement = Placement.Trending }).Products;

        Assert.Equal(["tent", "lamp"], products.Select(product => product.Sku.Value));
        Assert.All(products, product => Assert.InRange(product.Score, 0.1f, 1));
    }

    [Fact]
    public async Task What_is_sold_out_in_a_region_is_left_out_there_alone()
    {
        await using var shop = await ServingRig.StartAsync();
        shop.Put("tent");
        shop.Stock("tent", 3, "north");
        shop.Stock("tent", 0, "south");

        Assert.Equal(["tent"], shop.Ask(new() { Region = "north" }));
        Assert.Empty(shop.Ask(new() { Region = "south" }));
    }

    [Fact]
    public async Task A_storefront_names_what_must_not_come()
    {
        await using var shop = await ServingRig.StartAsync();
        foreach (var sku in new[] { "a", "b", "c" }) shop.Put(sku);

        Assert.Equal(["c", "a"], shop.Ask(new() { Exclude = [new("b"), new("unheard-of")] }));
    }

    [Fact]
    public async Task Bought_together_is_what_was_in_one_order()
    {
        await using var shop = await ServingRig.StartAsync();
        await shop.HandleAsync(
            shop.Buy("a", 0, "tent", "peg"), shop.Buy("a", 5, "rope"), shop.View("b", "tent"),
            shop.View("b", "lamp", 1), shop.Buy("c", 0, "tent"), shop.Buy("c", 120, "sock"));

        var answer = shop.Ask(
            new() { Placement = Placement.BoughtTogether, Products = [new("tent")] });

        Assert.Equal(["peg"], answer);
    }

    [Fact]
    public async Task Of_the_visit_that_is_named_only_its_own_clicks_count()
    {
        await using var shop = await ServingRig.StartAsync();
        await shop.HandleAsync(
            shop.View("a", "tent"), shop.View("a", "lamp", 1), shop.View("b", "shoe"),
            shop.View("b", "sock", 1), shop.View("me", "tent", 2) with { Session = new("left") },
            shop.View("me", "shoe", 3) with { Session = new("right") });

        string First(string session) => shop.Ask(
            new() { Visitor = new("me"), Session = new(session) })[0];

        Assert.Equal("lamp", First("left"));
        Assert.Equal("sock", First("right"));
    }

    [Fact]
    public async Task A_visit_ends_after_half_an_hour()
    {
        await using var shop = await ServingRig.StartAsync();
        await shop.HandleAsync(
            shop.View("a", "tent"), shop.View("a", "lamp", 1), shop.View("b", "shoe"),
            shop.View("b", "sock", 1), shop.View("me", "tent", 2), shop.View("me", "shoe", 33));

        var because = shop.Recommender.Recommend(new() { Visitor = new("me") }).Products
            .Select(product => product.Because?.Value);

        Assert.DoesNotContain("tent", because);
        Assert.Contains("shoe", because);
    }

    [Fact]
    public async Task An_experiment_changes_what_its_visitors_get_and_the_answer_says_so()
    {
        await using var shop = await ServingRig.StartAsync();
        shop.Put("new");
        await shop.HandleAsync(shop.View("a", "hot"));
        Assert.Equal(["hot", "new"], shop.AskFor("me"));
        var overrides = new RankingOverrides
        {
            SourceWeights = new Dictionary<RecommendationSource, double>
            { [RecommendationSource.Trending] = 0 },
        };
        shop.Experiments.Put(new ExperimentBook
        {
            Experiments = [new("calm", [new("quiet", 100) { Overrides = overrides }])],
        }, ifMatch: null);

        var answer = shop.Recommender.Recommend(new() { Visitor = new("me") });

        Assert.Equal(["new"], answer.Products.Select(product => product.Sku.Value));
        var label = AnswerLabel.Read(answer.Id, new("me"))!;
        Assert.Equal(new ArmName("calm", "quiet").Tag, label.ArmOf(0));
        Assert.Equal(RecommendationSource.NewArrivals, label.SourceOf(0));
        var trending = shop.Recommender.Recommend(
            new() { Visitor = new("me"), Placement = Placement.Trending });
        Assert.Equal(["hot"], trending.Products.Select(product => product.Sku.Value));
        Assert.Equal(0, AnswerLabel.Read(trending.Id, new("me"))!.ArmCount);
    }
}
