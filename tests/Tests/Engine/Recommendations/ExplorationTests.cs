using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Candidates;
using StreamCommerce.Engine.Recommendations.Ranking;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class ExplorationTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.05, 10)]
    [InlineData(0.3, 7)]
    [InlineData(1, 5)]
    public void On_average_the_share_of_the_places_explores(double share, int count)
    {
        var draws = new SeededDraws(1);
        var places = 0;
        for (var i = 0; i < 20_000; i++)
            places += Exploration.PlacesOf((float)share, count, ref draws);

        Assert.Equal(share, places / (20_000.0 * count), 0.005);
    }

    [Fact]
    public async Task A_new_product_is_tried_out_behind_the_first_place_for_some_visitors()
    {
        await using var shop = await ServingRig.StartAsync();
        for (var i = 0; i < 40; i++) shop.Put($"new-{i}");
        await shop.HandleAsync([.. Enumerable.Range(0, 20).SelectMany(i => Enumerable
            .Range(0, 21 - i).Select(n => shop.View($"v{i}-{n}", $"hot-{i}")))]);

        var answers = Enumerable.Range(0, 200).Select(i => shop.AskFor($"me-{i}")).ToArray();

        var tried = answers.SelectMany(answer => answer).Where(sku => sku.StartsWith("new-"))
            .ToArray();
        Assert.All(answers, answer => Assert.Equal("hot-0", answer[0]));
        Assert.All(answers, answer => Assert.Equal(10, answer.Distinct().Count()));
        // A twentieth of 2,000 places, within five standard deviations of a coin an answer.
        Assert.InRange(tried.Length, 65, 135);
        Assert.True(tried.Distinct().Count() > 20, "Few products are tried out.");
    }

    [Fact]
    public async Task Those_of_whom_nothing_is_known_see_new_products_in_the_same_share()
    {
        await using var shop = await ServingRig.StartAsync();
        for (var i = 0; i < 40; i++) shop.Put($"new-{i}");
        await shop.HandleAsync([.. Enumerable.Range(0, 20).SelectMany(i => Enumerable
            .Range(0, 21 - i).Select(n => shop.View($"v{i}-{n}", $"hot-{i}")))]);

        // What they see changes with the shop.
        var tried = 0;
        for (var i = 1; i <= 100; i++)
        {
            await shop.HandleAsync(shop.New(EventName.Search, "busy", i));
            tried += shop.Ask(new() { Count = 10 }).Count(sku => sku.StartsWith("new-"));
        }

        // A twentieth of 1,000 places, within four standard deviations of a coin an answer.
        Assert.InRange(tried, 30, 70);
    }

    [Fact]
    public async Task Of_new_products_that_are_known_well_enough_others_take_the_turn()
    {
        await using var shop = await ServingRig.StartAsync();
        shop.Put("older");
        for (var i = 0; i < 64; i++) shop.Put($"known-{i}");
        await shop.HandleAsync(shop.View("a", "hot"));
        var asked = Enumerable.Range(0, 200).Select(i => new VisitorId($"me-{i}")).ToArray();
        var feedback = new ItemFeedbackCounts();
        for (var i = 0; i < 64; i++)
            feedback.Add(shop.Engine.Items.Find(new($"known-{i}")), new(1_000, 10));

        Assert.Equal(
            ["older"], asked.Select(visitor => TriedBy(shop, visitor, feedback)).Distinct());
    }

    private static string TriedBy(ServingRig shop, VisitorId visitor, ItemFeedbackCounts feedback)
    {
        var asked = new Asked(shop.Engine.Items, shop.Shelf);
        asked.Begin(new() { Visitor = visitor }, new VisitorHistories(shop.Engine), [], null,
            shop.Merchandising.Now, 0);
        var chosen = new ScoredItem[1];
        var draws = new SeededDraws(asked.Seed);
        Assert.Equal(1, Exploration.Explore(asked, shop.Shelf, feedback, chosen, 0, 1, ref draws));
        return shop.Engine.Items[chosen[0].Item].Value;
    }
}
