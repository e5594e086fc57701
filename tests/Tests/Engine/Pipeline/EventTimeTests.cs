using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class EventTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly EventTimeClock _clock = new(new EventTimeOptions());

    [Fact]
    public void The_watermark_stays_ten_seconds_behind_the_latest_event_and_never_goes_back()
    {
        _clock.Advance("/web", Noon);
        Assert.Equal(Noon.AddSeconds(-10).Ticks, _clock.WatermarkOf(0));

        _clock.Advance("/web", Noon.AddMinutes(-5));
        Assert.Equal(Noon.AddSeconds(-10).Ticks, _clock.WatermarkOf(0));
    }

    [Fact]
    public void An_event_is_late_when_it_is_more_than_an_hour_behind_the_watermark()
    {
        _clock.Advance("/web", Noon);
        var last = Noon.AddSeconds(-10) - TimeSpan.FromHours(1);

        Assert.False(_clock.Advance("/web", last));
        Assert.True(_clock.Advance("/web", last.AddTicks(-1)));
        Assert.Equal(1, _clock.LateEvents);
    }

    [Fact]
    public void A_history_that_is_read_in_beside_live_traffic_is_not_late()
    {
        _clock.Advance("/web", Noon);

        Assert.False(_clock.Advance("/history", Noon.AddYears(-15)));
        Assert.False(_clock.Advance("/history", Noon.AddYears(-14)));
        Assert.True(_clock.Advance("/history", Noon.AddYears(-15)));
        Assert.Equal(Noon.AddSeconds(-10), _clock.Latest);
    }

    [Fact]
    public void Timeouts_run_in_their_order_and_only_when_their_own_source_gets_there()
    {
        var run = new List<string>();
        _clock.Schedule(_clock.NumberOf("/web"), Noon.AddMinutes(2), () => run.Add("second"));
        _clock.Schedule(_clock.NumberOf("/web"), Noon.AddMinutes(1), () => run.Add("first"));
        _clock.Schedule(_clock.NumberOf("/web"), Noon.AddMinutes(9), () => run.Add("third"));

        _clock.Advance("/app", Noon.AddHours(1));
        Assert.Empty(run);
        _clock.Advance("/web", Noon.AddMinutes(5));
        Assert.Equal(["first", "second"], run);
    }

    [Fact]
    public void A_timeout_that_a_timeout_asks_for_runs_too_where_it_is_due()
    {
        var run = new List<string>();
        var web = _clock.NumberOf("/web");
        _clock.Schedule(web, Noon, () =>
        {
            run.Add("first");
            _clock.Schedule(web, Noon.AddMinutes(1), () => run.Add("second"));
            _clock.Schedule(web, Noon.AddDays(1), () => run.Add("third"));
        });

        _clock.Advance("/web", Noon.AddHours(1));

        Assert.Equal(["first", "second"], run);
    }

    [Fact]
    public void Sources_beyond_the_limit_share_one_clock()
    {
        var clock = new EventTimeClock(new EventTimeOptions { SourceLimit = 2 });
        foreach (var source in new[] { "/a", "/b", "/c" }) clock.Advance(source, Noon);

        Assert.True(clock.Advance("/d", Noon.AddDays(-1)));
        Assert.False(clock.Advance("/a", Noon.AddMinutes(-1)));
        Assert.Equal(clock.NumberOf("/c"), clock.NumberOf("/e"));
    }

    [Fact]
    public void A_late_sale_is_in_the_sums_but_in_no_session()
    {
        var events = new RandomShop(3).Events(2);
        using var run = new GraphRun();
        run.Push(events[0]).AdvanceTo(events[0].Time.AddDays(2));
        var sessions = run.Get<SessionProjection>().Counts;

        run.Push(events[1] with
        {
            Name = EventName.Purchase,
            Lines = [new(new("p"), 1, new Money(5, Currency.Of("EUR")))],
            Region = "late",
        });

        Assert.Equal(5, run.Get<SalesProjection>().Regions[(Currency.Of("EUR"), "late")].Purchased);
        Assert.Equal(sessions, run.Get<SessionProjection>().Counts);
        Assert.Equal(1, run.Graph.Clock.LateEvents);
    }
}
