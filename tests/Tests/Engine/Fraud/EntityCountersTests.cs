using FsCheck;
using FsCheck.Xunit;
using StreamCommerce.Engine.Fraud;
using Xunit;

namespace StreamCommerce.Tests.Engine.Fraud;

public sealed class EntityCountersTests
{
    private const int None = -1;

    private sealed record Happening(ulong Key, DateTimeOffset At, Tally Tally);

    [Property(MaxTest = 300)]
    public void Counts_are_those_of_all_that_happened_in_the_buckets_of_a_window(
        (byte Key, ushort Gap, byte What)[] script, NonNegativeInt seed)
    {
        var counters = new EntityCounters(new());
        var happened = new List<Happening>();
        var now = Attempts.Start;
        // Gaps of seconds, hours and days, so that every window fills and empties.
        int[] seconds = [1, 30, 600, 7_200];
        foreach (var (key, gap, what) in script)
        {
            now = now.AddSeconds((double)gap % 300 * seconds[(what + seed.Get) % seconds.Length]);
            var tally = new Tally(what % 3, gap, what % 2, what % 5 == 0 ? 1 : 0);
            happened.Add(new(1 + (ulong)(key % 3), now, tally));
            counters.Add(1 + (ulong)(key % 3), FraudTime.StepOf(now), tally);
            for (var k = 1UL; k <= 3; k++) Compare(counters, happened, k, now);
        }
        // And when nothing happens any more.
        foreach (var hours in new[] { 0.1, 1, 1.2, 24, 26, 167, 169, 175, 400 })
            for (var k = 1UL; k <= 3; k++) Compare(counters, happened, k, now.AddHours(hours));
    }

    [Property(MaxTest = 100)]
    public void The_order_in_which_the_past_is_counted_makes_no_difference(
        (ushort Minutes, byte What)[] script, int seed)
    {
        var now = Attempts.Start.AddDays(9);
        var steps = script.Select(one => (
            Step: FraudTime.StepOf(now.AddMinutes(-(one.Minutes % 14_000))),
            Tally: new Tally(1, one.What, one.What % 2, 0))).ToArray();
        var (one, other) = (new EntityCounters(new()), new EntityCounters(new()));
        one.Add(1, FraudTime.StepOf(now), new(1, 0, 0, 0));
        foreach (var (step, tally) in steps.OrderBy(s => s.Step)) one.Add(1, step, tally);
        new Random(seed & int.MaxValue).Shuffle(steps);
        other.Add(1, FraudTime.StepOf(now), new(1, 0, 0, 0));
        foreach (var (step, tally) in steps) other.Add(1, step, tally);

        Assert.Equal(Read(one, 1, now), Read(other, 1, now));
    }

    [Theory]
    [InlineData(60, 0)]
    [InlineData(65, 1)]
    [InlineData(24 * 60, 1)]
    [InlineData(25 * 60, 2)]
    [InlineData(7 * 24 * 60, 2)]
    [InlineData((7 * 24 * 60) + 360, 3)]
    public void An_attempt_leaves_a_window_in_the_bucket_behind_its_end(
        int minutes, int firstWindow)
    {
        // At the very start of a bucket of every size.
        var start = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        var counters = new EntityCounters(new());
        counters.Add(1, FraudTime.StepOf(start), new(1, 5, 0, 0));

        var totals = Read(counters, 1, start.AddMinutes(minutes));

        for (var w = 0; w < 3; w++) Assert.Equal(w >= firstWindow ? 1 : 0, totals[w]);
    }

    [Fact]
    public void However_many_there_are_only_so_many_are_remembered_and_the_last_ones()
    {
        var limits = new FraudLimits { EntityLimit = 100 };
        var counters = new EntityCounters(limits);
        for (var i = 1; i <= 10_000; i++)
        {
            var step = FraudTime.StepOf(Attempts.Start.AddMinutes(i));
            var place = counters.Add((ulong)i, step, new(1, 1, 0, 0));
            for (var pair = 0; pair < 8; pair++)
                counters.AddPartner(place, pair, (ulong)(i * 10) + (ulong)pair, step);
        }

        Assert.InRange(counters.Count, 1, 100);
        Assert.InRange(counters.PartnerCount, 1, limits.PartnerTotalLimit);
        Assert.NotEqual(None, counters.Find(10_000));
        Assert.Equal(None, counters.Find(9_000));
    }

    [Fact]
    public void A_busy_week_of_one_entity_takes_few_buckets()
    {
        var counters = new EntityCounters(new());
        for (var minute = 0; minute < 14 * 24 * 60; minute++)
            counters.Add(1, FraudTime.StepOf(Attempts.Start.AddMinutes(minute)), new(1, 1, 0, 0));

        Assert.InRange(counters.BucketCount, 1, 13 + 25 + 29);
    }

    [Fact]
    public void Many_busy_entities_cannot_take_more_buckets_than_there_are()
    {
        var limits = new FraudLimits { EntityLimit = 100 };
        var counters = new EntityCounters(limits);
        for (var hour = 0; hour < 200; hour++)
        {
            for (var key = 1UL; key <= 100; key++)
                counters.Add(key, FraudTime.StepOf(Attempts.Start.AddHours(hour)), new(1, 1, 0, 0));
            Assert.InRange(counters.BucketCount, 1, limits.BucketLimit);
        }

        Assert.NotEqual(None, counters.Find(100));
    }

    [Fact]
    public void Partners_are_counted_once_each_and_from_sixteen_on_no_more()
    {
        var counters = new EntityCounters(new());
        var step = FraudTime.StepOf(Attempts.Start);
        var place = counters.Add(1, step, new(1, 1, 0, 0));
        Span<double> totals = stackalloc double[3];
        for (var i = 1UL; i <= 40; i++)
        {
            counters.AddPartner(place, 0, i, step);
            counters.AddPartner(place, 0, i, step);
            totals.Clear();
            counters.AddPartners(place, 0, 0, step, totals);
            Assert.Equal(Math.Min(i, 16), totals[0]);
        }
    }

    private static void Compare(
        EntityCounters counters, List<Happening> happened, ulong key, DateTimeOffset now)
    {
        var totals = Read(counters, key, now);
        for (var w = 0; w < 3; w++)
        {
            var within = happened.Where(h => h.Key == key && IsWithin(h.At, now, w)).ToList();
            Assert.Equal(within.Sum(h => h.Tally.Attempts), totals[w]);
            Assert.Equal(within.Sum(h => h.Tally.Amount), totals[3 + w], 1e-6);
            Assert.Equal(within.Sum(h => h.Tally.Declines), totals[6 + w]);
            Assert.Equal(within.Sum(h => h.Tally.Frauds), totals[9 + w]);
        }
    }

    // In the words of the promise: every bucket that the window touches.
    private static bool IsWithin(DateTimeOffset at, DateTimeOffset now, int window)
    {
        var (length, bucket) = window switch
        {
            0 => (TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)),
            1 => (TimeSpan.FromHours(24), TimeSpan.FromHours(1)),
            _ => (TimeSpan.FromDays(7), TimeSpan.FromHours(6)),
        };
        var borders = (now - length).Ticks / bucket.Ticks;
        return at.Ticks / bucket.Ticks >= borders;
    }

    private static double[] Read(EntityCounters counters, ulong key, DateTimeOffset now)
    {
        var totals = new double[12];
        counters.AddTotals(counters.Find(key), FraudTime.StepOf(now), totals);
        return totals;
    }
}
