using FsCheck.Xunit;
using StreamCommerce.Engine.Funnels;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Engine.Sessions;
using Xunit;

namespace StreamCommerce.Tests.Engine.Funnels;

public sealed class FunnelTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private int _ids;

    [Property(MaxTest = 80)]
    public void The_funnel_counts_the_sessions_of_the_whole_list_by_their_steps(int seed)
    {
        // All with names or all without: a nameless visit between two tabs could go to either.
        var events = new RandomShop(seed) { NamedShare = seed % 2 == 0 ? 0 : 1 }.Events(500);
        using var run = New().Push(events);
        var from = RandomShop.Start.AddHours(new Random(seed).Next(-2, 30));

        var closed = new long[6];
        var open = new long[6];
        foreach (var session in SessionOracle.Cut(events))
        {
            if (session.First.UtcTicks / TimeSpan.TicksPerHour
                < from.UtcTicks / TimeSpan.TicksPerHour) continue;
            var isUnbroken = true;
            for (var step = 0; step < 6; step++)
            {
                var seen = session.Events.Any(e => e.Name == FunnelProjection.Steps[step]);
                isUnbroken &= seen;
                if (seen) open[step]++;
                if (isUnbroken) closed[step]++;
            }
        }
        var actual = Answers.SumOf(run.Get<FunnelProjection>(), from);
        Assert.Equal(closed, actual.Closed);
        Assert.Equal(open, actual.Open);
    }

    [Fact]
    public void A_step_that_arrives_before_the_one_before_it_counts_as_soon_as_both_are_there()
    {
        using var run = New();

        run.Push(At(2, EventName.AddToCart));
        Assert.Equal([0, 0, 0, 0, 0, 0], Sum(run).Closed);
        Assert.Equal([0, 1, 0, 0, 0, 0], Sum(run).Open);

        run.Push(At(1, EventName.ViewItem));
        Assert.Equal([1, 1, 0, 0, 0, 0], Sum(run).Closed);
    }

    [Fact]
    public void A_step_taken_twice_in_a_session_counts_once()
    {
        using var run = New().Push(At(0, EventName.ViewItem), At(1, EventName.ViewItem));

        Assert.Equal([1, 0, 0, 0, 0, 0], Sum(run).Closed);
    }

    [Fact]
    public void A_search_keeps_a_visit_going_between_two_steps()
    {
        using var run = New().Push(At(0, EventName.ViewItem), At(20, EventName.Search),
            At(40, EventName.AddToCart));

        Assert.Equal([1, 1, 0, 0, 0, 0], Sum(run).Closed);
    }

    [Fact]
    public void A_session_that_turns_out_to_have_begun_earlier_moves_to_that_hour()
    {
        using var run = New().Push(At(10, EventName.ViewItem));

        run.Push(At(-10, EventName.ViewItem));

        Assert.Equal([0, 0, 0, 0, 0, 0], Answers.SumOf(run.Get<FunnelProjection>(), Noon).Closed);
        Assert.Equal([1, 0, 0, 0, 0, 0], Sum(run).Closed);
    }

    [Fact]
    public void Beyond_the_limit_the_earliest_hour_goes_and_stays_away_after_a_restart()
    {
        using var run = New();
        for (var hour = 0; hour < FunnelProjection.HourLimit; hour++)
            run.Push(At(60 * hour, EventName.ViewItem));
        run.Restart(everything: true);
        for (var hour = 0; hour < 10; hour++)
            run.Push(At(60 * (FunnelProjection.HourLimit + hour), EventName.ViewItem));
        run.Restart(everything: false);

        Assert.Equal(FunnelProjection.HourLimit, Sum(run).Closed[0]);
        Assert.Equal(
            FunnelProjection.HourLimit,
            Answers.SumOf(run.Get<FunnelProjection>(), Noon.AddHours(10)).Closed[0]);
    }

    private static GraphRun New() => new(build: graph => [new FunnelProjection(graph)]);

    private static (long[] Closed, long[] Open) Sum(GraphRun run) =>
        Answers.SumOf(run.Get<FunnelProjection>(), DateTimeOffset.MinValue);

    private CommerceEvent At(double minutes, EventName name) => new()
    {
        Id = new($"e{_ids++}"),
        Source = "/shop/0",
        Name = name,
        Time = Noon.AddMinutes(minutes),
        Visitor = new("v"),
        Lines = [new(new("p"), 1)],
    };
}
