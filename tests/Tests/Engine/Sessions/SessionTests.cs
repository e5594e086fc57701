using FsCheck.Xunit;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Sessions;

public sealed class SessionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private int _ids;

    [Property(MaxTest = 80)]
    public void Sessions_are_those_of_the_whole_list_in_order_of_time(int seed, byte named)
    {
        var shop = new RandomShop(seed) { NamedShare = named % 5 / 4.0 };
        var events = shop.Events(500);
        using var run = New().Push(events);

        var counts = run.Get<SessionProjection>().Counts;
        Assert.Equal(SessionOracle.Cut(events).Count, counts.Started);
        Assert.Equal(events.Length, counts.Events);
        run.AdvanceTo(events.Max(e => e.Time).AddHours(1));
        Assert.Equal(1, run.Get<SessionProjection>().Counts.Active); // The ticker's own.
    }

    [Property(MaxTest = 80)]
    public void At_any_moment_those_sessions_have_ended_that_the_watermark_has_passed(int seed)
    {
        var events = new RandomShop(seed) { NamedShare = seed % 2 == 0 ? 0 : 1 }.Events(300);
        using var run = New();
        for (var i = 0; i < events.Length; i++)
        {
            run.Push(events[i]);
            var watermark = run.Graph.Clock.Latest;
            var ended = SessionOracle.Cut(events.Take(i + 1))
                .Count(session => watermark > session.Last + SessionRules.Gap);
            Assert.Equal(ended, run.Get<SessionProjection>().Counts.Ended);
        }
    }

    [Fact]
    public void A_silence_of_exactly_thirty_minutes_does_not_end_a_session()
    {
        using var run = New().Push(At(0), At(30));

        Assert.Equal(1, run.Get<SessionProjection>().Counts.Started);
    }

    [Fact]
    public void A_session_ends_when_the_watermark_has_passed_thirty_minutes_and_not_before()
    {
        using var run = New().Push(At(0));

        run.AdvanceTo(Noon.AddMinutes(30));
        Assert.Equal(2, run.Get<SessionProjection>().Counts.Active);
        run.AdvanceTo(Noon.AddMinutes(30).AddTicks(1));
        Assert.Equal(1, run.Get<SessionProjection>().Counts.Active);
    }

    [Fact]
    public void An_event_in_the_gap_joins_the_two_sessions_around_it()
    {
        using var run = New().Push(At(0), At(50));
        Assert.Equal(2, run.Get<SessionProjection>().Counts.Started);

        run.Push(At(25));

        Assert.Equal(1, run.Get<SessionProjection>().Counts.Started);
        Assert.Equal(1, run.Get<SessionProjection>().Counts.Merged);
    }

    [Fact]
    public void A_named_event_joins_the_nameless_sessions_on_both_its_sides()
    {
        using var run = New().Push(At(0), At(50), At(25, "tab"));

        Assert.Equal(1, run.Get<SessionProjection>().Counts.Started);
    }

    [Fact]
    public void Two_tabs_are_two_sessions_however_the_shopper_goes_between_them()
    {
        using var run = New().Push(
            At(0, "a"), At(1, "b"), At(2, "a"), At(3, "b"), At(4), At(5, "a"));

        Assert.Equal(2, run.Get<SessionProjection>().Counts.Started);
    }

    [Fact]
    public void An_event_as_old_as_is_allowed_still_finds_its_session()
    {
        using var run = New().Push(At(0));
        run.AdvanceTo(Noon.AddMinutes(61));

        run.Push(At(2));

        Assert.Equal(0, run.Graph.Clock.LateEvents);
        Assert.Equal(2, run.Get<SessionProjection>().Counts.Started); // Its own and the ticker's.
    }

    [Fact]
    public void A_nameless_event_between_two_tabs_belongs_to_the_nearer_whichever_came_first()
    {
        foreach (var order in new[] { (0, "a", 40, "b"), (40, "b", 0, "a") })
        {
            var ends = new List<SessionFacts>();
            using var run = new GraphRun(build: graph =>
            {
                graph.WatchSessions("test", change =>
                {
                    if (change.Sign > 0) ends.Add(change.Facts);
                    else ends.Remove(change.Facts);
                });
                return [new SessionProjection(graph)];
            });
            run.Push(At(order.Item1, order.Item2), At(order.Item3, order.Item4),
                At(25) with { Name = EventName.AddToCart });

            var with = Assert.Single(ends, facts => facts.Has(EventName.AddToCart));
            Assert.Equal(Noon.AddMinutes(25).UtcTicks, with.FirstTicks);
        }
    }

    [Fact]
    public void Between_two_tabs_that_are_as_near_it_belongs_to_the_earlier()
    {
        var facts = new List<SessionFacts>();
        using var run = new GraphRun(build: graph =>
        {
            graph.WatchSessions("test", change =>
            {
                if (change.Sign > 0) facts.Add(change.Facts);
            });
            return [new SessionProjection(graph)];
        });

        run.Push(At(40, "b"), At(0, "a"), At(20) with { Name = EventName.AddToCart });

        Assert.Equal(Noon.UtcTicks, facts[^1].FirstTicks);
    }

    [Fact]
    public void A_source_whose_time_stands_still_does_not_pile_up_sessions_to_look_at()
    {
        using var run = New();
        for (var i = 0; i < 20_000; i++) run.Push(At(0, $"s{i}"));

        Assert.InRange(run.Graph.Sessions.LookCount, 64, 2 * 65 + 1_001);
        run.AdvanceTo(Noon.AddHours(1));
        Assert.Equal(1, run.Get<SessionProjection>().Counts.Active);
    }

    [Fact]
    public void A_late_event_opens_no_session()
    {
        using var run = New().Push(At(0), At(24 * 60));

        run.Push(At(1));

        Assert.Equal(1, run.Graph.Clock.LateEvents);
        Assert.Equal(2, run.Get<SessionProjection>().Counts.Events);
    }

    [Fact]
    public void A_program_that_names_a_session_with_every_event_is_counted_but_not_kept()
    {
        using var run = New();
        for (var i = 0; i < 1_000; i++) run.Push(At(i / 100.0, $"s{i}"));

        var counts = run.Get<SessionProjection>().Counts;
        Assert.Equal(1_000, counts.Started);
        Assert.Equal(1_000 - 64, counts.Ended);
    }

    [Fact]
    public void A_year_of_visits_passes_in_moments_and_every_one_has_ended()
    {
        using var run = New();
        for (var day = 0; day < 365; day++)
        {
            for (var visit = 0; visit < 24; visit++)
                run.Push(At((day * 24 + visit) * 60.0), At((day * 24 + visit) * 60.0 + 20));
        }
        run.AdvanceTo(Noon.AddYears(1).AddDays(1));

        var counts = run.Get<SessionProjection>().Counts;
        Assert.Equal(365 * 24 + 1, counts.Started);
        Assert.Equal(1, counts.Active);
    }

    private static GraphRun New() => new(build: graph => [new SessionProjection(graph)]);

    private CommerceEvent At(double minutes, string? session = null) => new()
    {
        Id = new($"e{_ids++}"),
        Source = "/shop/0",
        Name = EventName.Search,
        Time = Noon.AddMinutes(minutes),
        Visitor = new("v"),
        Session = session is null ? null : new SessionId(session),
    };
}
