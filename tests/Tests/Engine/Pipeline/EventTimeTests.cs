using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
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
    public void Timeouts_of_one_time_run_in_the_order_in_which_they_were_asked_for()
    {
        var run = new List<int>();
        foreach (var number in Enumerable.Range(0, 20))
            _clock.Schedule(_clock.NumberOf("/web"), Noon, () => run.Add(number));

        _clock.Advance("/web", Noon.AddMinutes(1));
        Assert.Equal(Enumerable.Range(0, 20), run);
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
    public void A_timeout_that_fails_does_not_stop_its_sources_clock()
    {
        var run = new List<string>();
        var web = _clock.NumberOf("/web");
        _clock.Schedule(web, Noon, () => throw new FormatException("no"));
        _clock.Schedule(web, Noon.AddHours(2), () => run.Add("second"));

        Assert.Throws<FormatException>(() => _clock.Advance("/web", Noon.AddHours(1)));
        _clock.Advance("/web", Noon.AddHours(3));

        Assert.Equal(["second"], run);
    }

    [Fact(Timeout = 30_000)]
    public async Task Late_events_are_kept_apart_once_though_they_are_read_again_after_a_crash()
    {
        var ct = TestContext.Current.CancellationToken;
        using var directory = new TemporaryDirectory();
        await using var log = new MemoryEventLog(2, new FakeTimeProvider());
        await EngineRun.AppendAsync(log, new RandomShop(4) { LateShare = 0.2 }.Events(300), ct);
        var late = 0L;
        for (var start = 0; start < 2; start++)
        {
            await using (var run =
                await EngineRun.StartAsync(log, EngineRun.Options(directory), ct))
            {
                await run.Engine.CatchUpAsync(ct);
                var sums = new SalesSummary(run.Engine).Read();
                late = sums.Late["/shop/0"].Values.Sum();
                Assert.Single(sums.Late);
                Assert.True(late > 20);
            }
            Directory.Delete(directory.In("state"), recursive: true);
        }

        var kept = Directory.GetFiles(directory.In("late")).SelectMany(File.ReadAllLines);
        Assert.Equal(late, kept.Count());
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
