using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Engine.Recommendations.Attribution;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class RotationTests
{
    [Fact]
    public async Task What_was_shown_and_not_clicked_on_goes_behind_other_products_for_a_day()
    {
        await using var shop = await StartAsync();
        Assert.Equal("hot", shop.AskFor("me", 1)[0]);

        await ShowAsync(shop, "hot", 0);
        await ShowAsync(shop, "hot", 1);

        Assert.Equal("warm", shop.AskFor("me", 1)[0]);
        Assert.Equal("hot", shop.Ask(new() { Visitor = new("me"), Count = 1, Rotate = false })[0]);
        Assert.Equal("hot", shop.AskFor("you", 1)[0]);

        await ShowAsync(shop, "other", 25 * 60);
        Assert.Equal("hot", shop.AskFor("me", 1)[0]);
    }

    [Fact]
    public async Task A_click_ends_it()
    {
        await using var shop = await StartAsync();
        await ShowAsync(shop, "hot", 0);
        await ShowAsync(shop, "hot", 1);

        await shop.HandleAsync(shop.New(EventName.SelectItem, "me", 2, "hot"));

        var graph = shop.Engine.GraphOf(0);
        var shown = graph.Projections.OfType<ShownProjection>().Single();
        Assert.Equal(0, shown.KeptOf(graph.Visitors.Find(new("me"))));
    }

    [Fact]
    public async Task A_list_that_is_no_answer_moves_nothing()
    {
        await using var shop = await StartAsync();

        await shop.HandleAsync(
            shop.New(EventName.ViewItemList, "me", 0, "hot"),
            shop.New(EventName.ViewItemList, "me", 1, "hot"));

        Assert.Equal("hot", shop.AskFor("me", 1)[0]);
    }

    [Fact]
    public void A_products_own_list_says_whether_it_was_recommended()
    {
        using var run = new GraphRun(build: graph => [new ShownProjection(graph)]);
        var shop = new ShownAnswers();

        run.Push(
            shop.Make(EventName.ViewItemList, "me", "category-tents", 0,
                [ShownAnswers.LineOf("recommended", "rec-x"), new(new("listed"), 1)]),
            shop.Make(EventName.ViewItemList, "me", "rec-y", 1,
                [new(new("shown"), 1), ShownAnswers.LineOf("other", "category-lamps")]));

        var shown = run.Get<ShownProjection>()[run.Graph.Visitors.Find(new("me"))].ToArray();
        Assert.Equal(["recommended", "shown"],
            shown.Select(one => run.Graph.Products[one.Product].Value));
    }

    [Fact]
    public void What_was_shown_survives_a_restart_and_is_forgotten_with_the_visitor()
    {
        using var run = new GraphRun(build: graph => [new ShownProjection(graph)]);
        run.Push([.. Enumerable.Range(0, 40).Select(i => Show($"p{i}", i, $"e{i}"))]);
        run.Push(Show("p39", 40, "again"));
        var visitor = run.Graph.Visitors.Find(new("me"));
        var before = run.Get<ShownProjection>()[visitor].ToArray();

        run.Restart(everything: false);

        visitor = run.Graph.Visitors.Find(new("me"));
        var projection = run.Get<ShownProjection>();
        Assert.Equal(ShownProjection.Limit, before.Length);
        Assert.Equal(before.Select(shown => shown.Stamp),
            projection[visitor].ToArray().Select(shown => shown.Stamp));
        Assert.Equal(2, projection[visitor][^1].Times);
        projection.Forget(visitor);
        Assert.Equal(0, projection.KeptOf(visitor));
    }

    private static async Task<ServingRig> StartAsync()
    {
        var shop = await ServingRig.StartAsync(partitions: 1);
        await shop.HandleAsync(
            shop.View("a", "hot"), shop.View("b", "hot"), shop.View("c", "warm"));
        return shop;
    }

    private static Task ShowAsync(ServingRig shop, string sku, double minutes) =>
        shop.HandleAsync(Show(sku, minutes, $"show-{minutes}"));

    private static CommerceEvent Show(string sku, double minutes, string id) => new()
    {
        Id = new(id),
        Source = "/shop/0",
        Name = EventName.ViewItemList,
        Time = ServingRig.Noon.AddMinutes(minutes),
        Visitor = new("me"),
        Lines = [new(new(sku), 1)],
        Parameters = new Dictionary<string, string> { ["item_list_id"] = "rec-x" },
    };
}
