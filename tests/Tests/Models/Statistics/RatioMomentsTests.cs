using FsCheck.Xunit;
using StreamCommerce.Models.Statistics;
using Xunit;

namespace StreamCommerce.Tests.Models.Statistics;

public sealed class RatioMomentsTests
{
    [Fact]
    public void The_error_of_a_ratio_is_that_of_the_delta_method()
    {
        // Ratio 5/12; residuals 1/6, -4/6, -5/6, 8/6; their squares sum to 53/18.
        var moments = Of((2, 1), (4, 1), (2, 0), (4, 3));

        Assert.Equal(5 / 12.0, moments.Ratio, 1e-15);
        Assert.Equal(53 / 18.0 * 4 / 3 / 144, moments.RatioVariance, 1e-15);
    }

    [Fact]
    public void Units_of_one_trial_are_an_ordinary_share()
    {
        var moments = Of([.. Enumerable.Range(0, 1_000).Select(i => (1.0, i < 300 ? 1.0 : 0))]);

        Assert.Equal(0.3 * 0.7 / 999, moments.RatioVariance, 1e-15);
    }

    [Fact]
    public void A_unit_that_grows_step_by_step_is_one_unit()
    {
        var moments = default(RatioMoments).Move(0, 0, 1, 0).Move(1, 0, 2, 0).Move(2, 0, 2, 1)
            + default(RatioMoments).Move(0, 0, 4, 1);

        Assert.Equal(Of((2, 1), (4, 1)), moments);
    }

    /// <summary>Units like visitors: each has its own rate, and some see a lot. The usual interval
    /// of a share would cover the truth in about two of three runs.</summary>
    [Fact]
    public void The_interval_covers_the_truth_as_often_as_it_says()
    {
        const int runs = 1_000;
        var covered = 0;
        var naive = 0;
        for (var seed = 0; seed < runs; seed++)
        {
            var moments = Of(Clustered(new Random(seed)));
            // Rate 0.1 for one half and 0.5 for the other, independent of how much each sees.
            if (Holds(moments.Estimate(0.95).Interval!.Value)) covered++;
            if (Holds(new Proportion((long)moments.SumY, (long)moments.SumX).Wilson(0.95))) naive++;
        }

        Assert.InRange(covered, 0.92 * runs, 0.97 * runs);
        Assert.True(naive < 0.8 * runs, $"{naive}");

        static bool Holds(Interval interval) => interval.Low <= 0.3 && interval.High >= 0.3;
    }

    [Fact]
    public void Two_ratios_of_the_same_truth_differ_significantly_one_time_in_twenty()
    {
        const int runs = 1_000;
        var different = 0;
        for (var seed = 0; seed < runs; seed++)
        {
            var random = new Random(seed);
            var difference = Of(Clustered(random)).Less(Of(Clustered(random)), 0.95);
            if (difference.PValue < 0.05) different++;
            Assert.Equal(difference.PValue < 0.05,
                difference.Interval!.Value.Low > 0 || difference.Interval.Value.High < 0);
        }

        Assert.InRange(different, 0.03 * runs, 0.08 * runs);
    }

    [Fact]
    public void Without_units_nothing_is_known()
    {
        Assert.Equal(new Estimate(0, new Interval(0, 1)), default(RatioMoments).Estimate(0.95));
        Assert.Equal(new Difference(0, new Interval(-1, 1), 1),
            default(RatioMoments).Less(Of((1, 1)), 0.95));
    }

    [Fact]
    public void That_nobody_has_clicked_does_not_prove_that_nobody_will()
    {
        var moments = Of([.. Enumerable.Repeat((10.0, 0.0), 100)]);

        Assert.Equal(new Proportion(0, 100).Estimate(0.95), moments.Estimate(0.95));
    }

    [Fact]
    public void One_visitor_says_little_however_much_he_has_seen()
    {
        Assert.Equal(new Proportion(0, 1).Estimate(0.95), Of((1_000, 0)).Estimate(0.95));
        Assert.Equal(new Proportion(1, 1).Estimate(0.95), Of((7, 7)).Estimate(0.95));
    }

    [Fact]
    public void Visitors_of_one_rate_are_not_sure_of_it()
    {
        // Thirds: by rounding, the residuals are not quite 0.
        var interval = Of([.. Enumerable.Repeat((3.0, 1.0), 50)]).Estimate(0.95).Interval!.Value;

        Assert.InRange(interval.Low, 0.2, 0.25);
        Assert.InRange(interval.High, 0.45, 0.5);
    }

    [Fact]
    public void Groups_that_do_not_vary_differ_as_shares_of_their_visitors_do()
    {
        var none = Of([.. Enumerable.Repeat((10.0, 0.0), 30)]);
        var every = Of([.. Enumerable.Repeat((10.0, 10.0), 20)]);
        var expected = new Proportion(20, 20).Less(new Proportion(0, 30), 0.95);

        var difference = every.Less(none, 0.95);

        Assert.Equal(expected.Interval, difference.Interval);
        Assert.Equal(expected.PValue, difference.PValue, 1e-15);
        Assert.Equal(1, none.Less(none, 0.95).PValue);
    }

    [Fact]
    public void A_group_without_a_click_is_not_far_from_one_with_few()
    {
        var few = Of([.. Enumerable.Repeat((10.0, 0.0), 28), (10, 1), (10, 1)]);
        var none = Of([.. Enumerable.Repeat((10.0, 0.0), 3)]);

        var difference = few.Less(none, 0.95);

        Assert.Equal(few.Ratio, difference.Value);
        Assert.InRange(difference.PValue, 0.5, 1);
        Assert.True(difference.Interval!.Value.Low < -0.3, $"{difference}");
    }

    [Property(MaxTest = 300)]
    public void No_interval_is_empty_and_each_holds_what_was_seen(int seed)
    {
        var random = new Random(seed);
        RatioMoments Some() => Of([.. Enumerable.Range(0, random.Next(4)).Select(_ =>
        {
            var impressions = random.Next(1, 5);
            return ((double)impressions, (double)random.Next(impressions + 1));
        })]);
        var (one, other) = (Some(), Some());

        var estimate = one.Estimate(0.95);
        Assert.InRange(estimate.Value, estimate.Interval!.Value.Low, estimate.Interval.Value.High);
        Assert.True(estimate.Interval.Value.Low < estimate.Interval.Value.High);
        var difference = one.Less(other, 0.95);
        Assert.InRange(
            difference.Value, difference.Interval!.Value.Low, difference.Interval.Value.High);
        Assert.True(difference.Interval.Value.Low < difference.Interval.Value.High);
        Assert.InRange(difference.PValue, 0, 1);
    }

    private static (double X, double Y)[] Clustered(Random random) =>
        [.. Enumerable.Range(0, 200).Select(_ =>
        {
            var impressions = random.Next(1, 20);
            var rate = random.Next(2) == 0 ? 0.1 : 0.5;
            return ((double)impressions,
                (double)Enumerable.Range(0, impressions).Count(_ => random.NextDouble() < rate));
        })];

    private static RatioMoments Of(params (double X, double Y)[] units)
    {
        var moments = default(RatioMoments);
        foreach (var (x, y) in units) moments = moments.Move(0, 0, x, y);
        return moments;
    }
}
