using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Attribution;

public sealed class ItemFeedbackCountsTests
{
    private static readonly Func<PartitionGraph, IReadOnlyList<IProjection>> Build =
        _ => [new RecommendationMetricsProjection()];

    private readonly ShownAnswers _shop = new();

    [Fact]
    public void Partitions_add_to_one_count_of_a_product()
    {
        using var one = new GraphRun(build: Build);
        using var other = new GraphRun(build: Build);
        var counts = new ItemFeedbackCounts();
        counts.Attach([one.Graph, other.Graph]);

        Show(one, "ann", "mug", isClicked: true);
        Show(other, "bob", "mug", isClicked: false);

        // Both number their first product 0.
        Assert.Equal(new ItemFeedback(2, 1), counts[0]);
        Assert.Equal(default, counts[1]);
        Assert.Equal(default, counts[1_000_000]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restart_counts_the_same_and_goes_on(bool everything)
    {
        using var run = new GraphRun(build: Build);
        Show(run, "ann", "mug", isClicked: true);
        run.Save(everything: true);
        Show(run, "bob", "mug", isClicked: false);

        run.Restart(everything);
        var counts = new ItemFeedbackCounts();
        counts.Attach([run.Graph]);
        Assert.Equal(new ItemFeedback(2, 1), counts[run.Items.Find(new("mug"))]);
        Show(run, "cid", "mug", isClicked: true);

        Assert.Equal(new ItemFeedback(3, 2), counts[run.Items.Find(new("mug"))]);
    }

    [Fact]
    public void Threads_that_add_at_once_lose_nothing_while_the_room_grows()
    {
        const int ItemCount = 20_000;
        var counts = new ItemFeedbackCounts();

        Parallel.For(0, 8, thread =>
        {
            for (var item = 0; item < ItemCount; item++) counts.Add(item, new(2, thread % 2));
        });

        Assert.All(Enumerable.Range(0, ItemCount), item =>
            Assert.Equal(new ItemFeedback(16, 4), counts[item]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_page_with_places_to_explore_waits_for_no_partition()
    {
        await using var shop = await ServingRig.StartAsync(partitions: 1);
        for (var i = 0; i < 40; i++) shop.Put($"new-{i}");
        await shop.HandleAsync(shop.View("me", "hot"));

        var answers = shop.Engine.Read<SalesProjection, int>(0, (_, _) =>
        {
            var count = 0;
            var asking = new Thread(() =>
            {
                // A twentieth of the places explores: so many pages have some.
                for (var i = 0; i < 100; i++) count += shop.AskFor($"v{i}").Length > 0 ? 1 : 0;
            });
            asking.Start();
            return asking.Join(TimeSpan.FromSeconds(20)) ? count : -1;
        });

        Assert.Equal(100, answers);
    }

    private void Show(GraphRun run, string visitor, string sku, bool isClicked)
    {
        var id = _shop.Answer(visitor, [], (sku, RecommendationSource.Exploration));
        run.Push(_shop.Shown(visitor, id, sku));
        if (isClicked) run.Push(_shop.Clicked(visitor, id, sku));
    }
}
