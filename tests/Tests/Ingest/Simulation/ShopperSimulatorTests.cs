using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Simulation;

public sealed class ShopperSimulatorTests
{
    private const int Count = 50_000;

    // What the simulator makes of seed 1 is compared by benchmarks over the years. After a change
    // that is meant to alter the stream, put the hash that the failing test prints in here.
    private const string Golden = "09dd27f4844e09450bb4fd1ea541332e";

    [Fact]
    public void The_stream_of_a_seed_is_the_same_in_every_version() =>
        Assert.Equal(Golden, Shop.HashOf(Shop.Seeded(1).Events(Count)));

    [Fact]
    public void The_same_seed_gives_the_same_stream()
    {
        var simulator = Shop.Seeded(3);

        Assert.Equal(
            Shop.HashOf(simulator.Events(Count)), Shop.HashOf(Shop.Seeded(3).Events(Count)));
        Assert.Equal(
            Shop.HashOf(simulator.Events(Count)), Shop.HashOf(simulator.Events(Count)));
    }

    [Fact]
    public void Another_seed_gives_other_shoppers_and_no_shared_id()
    {
        var one = Shop.Seeded(1).Events(Count).ToArray();
        var two = Shop.Seeded(2).Events(Count).ToArray();

        Assert.Empty(one.Select(e => e.Id).Intersect(two.Select(e => e.Id)));
        Assert.Empty(one.Select(e => e.Visitor).Intersect(two.Select(e => e.Visitor)));
        Assert.NotEqual(one.Select(e => e.Name), two.Select(e => e.Name));
    }

    [Fact]
    public void Every_event_keeps_the_rules_and_has_its_own_id()
    {
        var now = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
        var ids = new HashSet<EventId>();

        Assert.All(Shop.Seeded(1).Events(Count), e =>
        {
            Assert.Null(EventRules.Check(e, now, retention: null));
            Assert.True(ids.Add(e.Id), $"{e.Id} came twice.");
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Time_never_goes_back(int seed)
    {
        var events = Shop.Seeded(seed).Events(Count).ToArray();

        Assert.All(
            events.Zip(events.Skip(1)), pair => Assert.True(pair.First.Time <= pair.Second.Time));
        Assert.True(events[0].Time >= new SimulatorOptions().Start);
    }

    [Fact]
    public void Late_events_come_within_their_limit_and_lack_nothing()
    {
        var limit = TimeSpan.FromSeconds(5);
        var simulator = Shop.With(new() { LateShare = 0.1, LatenessLimit = limit });
        var latest = DateTimeOffset.MinValue;
        var late = 0;
        var ids = new HashSet<EventId>();

        foreach (var e in simulator.Events(Count))
        {
            if (e.Time < latest) late++;
            else latest = e.Time;
            Assert.True(latest - e.Time <= limit, $"{e.Id} is {latest - e.Time} late.");
            Assert.True(ids.Add(e.Id), $"{e.Id} came twice.");
        }

        Assert.InRange(late, Count / 20, Count / 10);
    }

    [Fact]
    public void All_names_of_the_funnel_occur()
    {
        var names = Shop.Seeded(1).Events(Count).Select(e => e.Name).Distinct().Order();

        Assert.Equal(EventNames.All, names);
    }

    [Fact]
    public void Every_event_is_labelled_as_simulated()
    {
        Assert.All(Shop.Seeded(1).Events(1_000), e =>
        {
            Assert.Equal("urn:streamcommerce:simulator", e.Source);
            Assert.StartsWith("sim-1-", e.Id.Value, StringComparison.Ordinal);
            Assert.StartsWith("sim-visitor-", e.Visitor.Value, StringComparison.Ordinal);
            Assert.True(ShopperSimulator.IsSimulated(e));
            // As the shop itself publishes what a simulated shopper bought.
            Assert.True(ShopperSimulator.IsSimulated(e with { Source = "/shop/web" }));
        });
    }

    [Fact]
    public void A_real_event_is_not_taken_for_a_simulated_one()
    {
        var e = Shop.Seeded(1).Events(1).Single();

        Assert.False(ShopperSimulator.IsSimulated(
            e with { Source = "/shop/web", Visitor = new VisitorId("v-1") }));
    }

    [Fact]
    public void A_stream_is_read_twice_from_its_beginning()
    {
        var events = Shop.Seeded(1).Events(10);

        Assert.Equal(events.Select(e => e.Id).ToArray(), events.Select(e => e.Id).ToArray());
    }

    [Fact]
    public void A_negative_count_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Shop.Seeded(1).Events(-1));
}
