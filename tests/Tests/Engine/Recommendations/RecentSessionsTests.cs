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

        Assert.Equal(1, projection.Erase(StableHash.Of("me")));
        run.Graph.Sessions.Forget(run.Graph.Visitors.Find(new("me")));
        projection.Forget(run.Graph.Visitors.Find(new("me")));

        Assert.Equal(StableHash.Of("you"), Assert.Single(shop.Knowledge.Index.Sessions()).Owner);
        Assert.Equal(StableHash.Of("you"), Assert.Single(projection.Sessions).Owner);
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
        shop = new ShopSessions(1_000);
        shop.Attach([run.Graph]);
        return run;
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
