using StreamCommerce.Engine.Recommendations.Ranking;
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
}
