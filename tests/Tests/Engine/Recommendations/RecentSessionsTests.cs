using System.Globalization;
using FsCheck.Xunit;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class RecentSessionsTests
{
    private int _ids;

    [Fact]
    public void A_session_is_found_once_it_has_ended_and_its_clicks_at_once()
    {
        using var run = New(out var shop);
        run.Push(At(0, "me", "tent"), At(1, "me", "lamp"), At(1, "me", "lamp"), At(2, "me", "mat"));

        Assert.Equal(0, shop.Knowledge.Index.Count);
        Assert.Equal(["lamp", "mat"], FollowersOf(run, shop, "tent"));

        run.AdvanceTo(RandomShop.Start.AddMinutes(33));

        var session = Assert.Single(shop.Knowledge.Index.Sessions());
        Assert.Equal(["tent", "lamp", "mat"], ItemsOf(run, session.Items));
    }

    [Fact]
    public void Two_named_sessions_at_once_are_two()
    {
        using var run = New(out var shop);
        run.Push(
            At(0, "me", "tent", "left"), At(1, "me", "shoe", "right"), At(2, "me", "lamp", "left"),
            At(3, "me", "sock", "right"));

        run.AdvanceTo(RandomShop.Start.AddMinutes(40));

        Assert.Equal(["tent lamp", "shoe sock"], shop.Knowledge.Index.Sessions()
            .Select(session => string.Join(' ', ItemsOf(run, session.Items))));
        Assert.Equal(["lamp"], FollowersOf(run, shop, "tent"));
        Assert.Equal(["sock"], FollowersOf(run, shop, "shoe"));
    }

    [Fact]
    public void Who_must_be_forgotten_leaves_no_session_not_even_the_one_that_is_open()
    {
        using var run = New(out var shop);
        run.Push(
            At(0, "you", "tent"), At(1, "you", "mat"), At(0, "me", "tent"), At(1, "me", "lamp"),
            At(100, "me", "shoe"), At(101, "me", "sock"));
        run.AdvanceTo(RandomShop.Start.AddMinutes(102));
        var projection = run.Get<RecentSessionsProjection>();

        Assert.NotEqual(0, projection.CountOf(StableHash.Of("me")));

        run.Graph.Erase(new VisitorId("me"));

        Assert.Equal(0, projection.CountOf(StableHash.Of("me")));
        Assert.Equal(StableHash.Of("you"), Assert.Single(shop.Knowledge.Index.Sessions()).Owner);
        Assert.Equal(StableHash.Of("you"), Assert.Single(projection.Sessions).Owner);
    }

    [Fact]
    public void What_the_shops_index_alone_has_kept_of_a_visitor_is_found_and_removed()
    {
        using var run = New(out var shop);
        run.Push(At(0, "me", "tent"), At(1, "me", "lamp"));
        shop.Knowledge.LearnSession([0, 1], StableHash.Of("me"));
        var projection = run.Get<RecentSessionsProjection>();

        Assert.Equal(1, projection.CountOf(StableHash.Of("me")));
        Assert.Equal(1, projection.Erase(StableHash.Of("me")));
        Assert.Equal(0, projection.CountOf(StableHash.Of("me")));
    }

    [Fact]
    public void Who_was_forgotten_twice_and_comes_again_is_learnt_from()
    {
        using var run = New(out var shop);
        run.Push(At(0, "me", "tent"), At(1, "me", "lamp"));
        run.Graph.Erase(new VisitorId("me"));
        run.Graph.Erase(new VisitorId("me"));

        run.Push(At(100, "me", "shoe"), At(101, "me", "sock"));
        run.AdvanceTo(RandomShop.Start.AddMinutes(140));

        var session = Assert.Single(shop.Knowledge.Index.Sessions());
        Assert.Equal(["shoe", "sock"], ItemsOf(run, session.Items));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_session_that_goes_on_after_its_end_is_kept_once_and_whole(
        bool restarts, bool everything)
    {
        using var run = New(out var shop);
        run.Push(At(0, "me", "tent", "visit"), At(1, "me", "lamp", "visit"));
        run.AdvanceTo(RandomShop.Start.AddMinutes(40));
        Assert.Equal(1, shop.Knowledge.Index.Count);
        run.Save(everything: true);

        run.Push(At(50, "me", "mat", "visit"));
        Assert.Equal(0, shop.Knowledge.Index.Count);
        if (restarts)
        {
            run.Restart(everything);
            shop = Attach(run);
            Assert.Equal(0, shop.Knowledge.Index.Count);
        }
        run.AdvanceTo(RandomShop.Start.AddMinutes(90));

        var session = Assert.Single(shop.Knowledge.Index.Sessions());
        Assert.Equal(["tent", "lamp", "mat"], ItemsOf(run, session.Items));
        Assert.Single(run.Get<RecentSessionsProjection>().Sessions);
    }

    [Fact]
    public void A_session_that_gets_its_name_after_its_end_is_kept_once()
    {
        using var run = New(out var shop);
        run.Push(At(0, "me", "tent"), At(1, "me", "lamp"));
        run.AdvanceTo(RandomShop.Start.AddMinutes(33));

        run.Push(At(20, "me", "mat", "visit"));
        run.AdvanceTo(RandomShop.Start.AddMinutes(60));

        var session = Assert.Single(shop.Knowledge.Index.Sessions());
        Assert.Equal(["tent", "lamp", "mat"], ItemsOf(run, session.Items));
    }

    [Fact]
    public void A_selected_product_teaches_nothing_until_it_is_viewed()
    {
        using var run = New(out var shop);
        run.Push(At(0, "me", "tent"), At(1, "me", "lamp") with { Name = EventName.SelectItem });
        Assert.Empty(FollowersOf(run, shop, "tent"));

        run.Push(At(2, "me", "lamp"), At(3, "me", "lamp") with { Name = EventName.AddToCart });

        Assert.Equal(["lamp"], FollowersOf(run, shop, "tent"));
        Assert.Equal(1, shop.Knowledge.Next.TotalOf(run.Items.Find(new("tent"))));
    }

    [Fact]
    public void Several_products_of_one_event_are_learnt_one_after_the_other()
    {
        using var run = New(out var shop);
        run.Push(At(0, "me", "tent"), At(1, "me", "lamp") with
        {
            Name = EventName.AddToCart,
            Lines = [new(new("lamp"), 1), new(new("mat"), 1), new(new("lamp"), 2)],
        });

        Assert.Equal(["lamp", "mat"], FollowersOf(run, shop, "tent"));
        Assert.Equal(["mat"], FollowersOf(run, shop, "lamp"));
    }

    [Property(MaxTest = 30)]
    public void A_restart_teaches_what_was_learnt_click_by_click(int seed)
    {
        using var run = New(out var shop);
        run.Push(InOrder(seed));
        var before = Learnt(shop);

        run.Restart(everything: true);

        Assert.NotEmpty(before);
        Assert.Equal(before, Learnt(Attach(run)));
    }

    [Property(MaxTest = 30)]
    public void What_was_saved_and_loaded_teaches_the_same_sessions(int seed)
    {
        var random = new Random(seed);
        using var run = new GraphRun(new() { RecentSessionLimit = 100 }, Build);
        var events = new RandomShop(seed) { MeanStep = TimeSpan.FromMinutes(10) }.Events(600);
        foreach (var part in events.Chunk(200))
        {
            run.Push(part);
            if (random.Next(2) == 0) run.Save(random.Next(3) == 0);
        }
        var before = Texts(run);

        run.Restart(everything: random.Next(2) == 0);

        Assert.NotEmpty(before);
        Assert.Equal(before, Texts(run));
    }

    private static IProjection[] Build(PartitionGraph graph)
    {
        var profiles = new ProfileProjection(graph);
        return [profiles, new RecentSessionsProjection(graph, profiles)];
    }

    private static GraphRun New(out ShopSessions shop)
    {
        var run = new GraphRun(build: Build);
        shop = Attach(run);
        return run;
    }

    private static ShopSessions Attach(GraphRun run)
    {
        var shop = new ShopSessions(1_000);
        shop.Attach([run.Graph]);
        return shop;
    }

    /// <summary>Events as one clock tells them, of visitors who stay below what a profile keeps.
    /// An event names a product once.</summary>
    private static IEnumerable<CommerceEvent> InOrder(int seed)
    {
        var shop = new RandomShop(seed)
        {
            Visitors = 20,
            Disorder = TimeSpan.Zero,
            MeanStep = TimeSpan.FromMinutes(2),
        };
        // Each visitor in one tab at a time, whose sessions are named or not.
        return shop.Events(400).Select(e => e with
        {
            Lines = [.. e.Lines.DistinctBy(line => line.Sku)],
            Session = StableHash.Of(e.Visitor.Value) % 2 == 0
                ? new SessionId($"{e.Visitor.Value}-{e.Time.Day}-{e.Time.Hour / 6}") : null,
        });
    }

    /// <summary>All rules, by product, with weights as far as floats that are added up in another
    /// order agree.</summary>
    private static string[] Learnt(ShopSessions shop)
    {
        var knowledge = shop.Knowledge;
        return [.. new[] { knowledge.Next, knowledge.Following, knowledge.Preceding }
            .SelectMany((rules, kind) => Enumerable.Range(0, rules.ItemLimit)
                .SelectMany(item => rules.Of(item).Select(rule => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind}: {item} {rule.Item} {rule.Weight:0.###}"))))
            .Order(StringComparer.Ordinal)];
    }

    private static string[] Texts(GraphRun run) => [.. run.Get<RecentSessionsProjection>().Sessions
        .Select(session => $"{session.EndTicks} {session.Owner} " +
            string.Join(' ', ItemsOf(run, session.Items)))];

    private static IEnumerable<string> ItemsOf(GraphRun run, ReadOnlyMemory<int> items) =>
        items.ToArray().Select(item => run.Items[item].Value);

    private static IEnumerable<string> FollowersOf(GraphRun run, ShopSessions shop, string sku) =>
        shop.Knowledge.Following.Of(run.Items.Find(new(sku)))
            .Select(rule => run.Items[rule.Item].Value).Order();

    private CommerceEvent At(double minutes, string visitor, string sku, string? session = null) =>
        new()
        {
            Id = new($"e{_ids++}"),
            Source = "/shop/0",
            Name = EventName.ViewItem,
            Time = RandomShop.Start.AddMinutes(minutes),
            Visitor = new(visitor),
            Session = session is null ? null : new SessionId(session),
            Lines = [new(new(sku), 1)],
        };
}
