using FsCheck.Xunit;
using StreamCommerce.Models.Statistics;
using Xunit;

namespace StreamCommerce.Tests.Models.Statistics;

public sealed class MomentsTests
{
    // The well-known first example of Welch's test: t = -2.46, 25.0 degrees, p = 0.021.
    private static readonly double[] One =
        [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];

    private static readonly double[] Other =
        [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4];

    [Fact]
    public void The_difference_of_two_means_is_welchs()
    {
        var difference = Of(One).Less(Of(Other), 0.95);

        Assert.Equal(-2.166666667, difference.Value, 1e-9);
        Assert.Equal(-3.984096267, difference.Interval!.Value.Low, 1e-8);
        Assert.Equal(-0.3492370662, difference.Interval.Value.High, 1e-8);
        Assert.Equal(0.02137800146, difference.PValue, 1e-9);
    }

    [Fact]
    public void The_interval_of_a_mean_is_students()
    {
        var estimate = Of(One).Estimate(0.95);

        Assert.Equal(20.82, estimate.Value, 1e-12);
        Assert.Equal(20.82 - 1.553298348, estimate.Interval!.Value.Low, 1e-8);
        Assert.Equal(20.82 + 1.553298348, estimate.Interval.Value.High, 1e-8);
    }

    [Property(MaxTest = 100)]
    public void Parts_add_up_to_the_whole(double[] values, int at)
    {
        double[] finite = [.. values.Where(double.IsFinite)
            .Select(value => Math.IEEERemainder(value, 1e6))];
        at = finite.Length == 0 ? 0 : Math.Abs(at % finite.Length);
        var whole = Of(finite);

        var sum = Of(finite[..at]) + Of(finite[at..]);

        Assert.Equal(whole.Count, sum.Count);
        Assert.Equal(whole.Mean, sum.Mean, 1e-6);
        Assert.Equal(whole.Variance, sum.Variance, 1e-9 * (1 + whole.Variance) + 1e-3);
    }

    [Fact]
    public void Too_few_values_prove_nothing()
    {
        Assert.Equal(new Estimate(0, null), default(Moments).Estimate(0.95));
        Assert.Equal(new Estimate(5, null), Of([5]).Estimate(0.95));
        Assert.Equal(1, Of([5]).Less(Of(Other), 0.95).PValue);
        Assert.Null(Of([5]).Less(Of(Other), 0.95).Interval);
    }

    [Fact]
    public void Values_that_are_all_equal_do_not_say_how_sure_they_are()
    {
        var (paid, free) = (Of([4.99, 4.99, 4.99]), Of([0, 0, 0]));

        Assert.Equal(4.99, paid.Estimate(0.95).Value, 1e-12);
        Assert.Null(paid.Estimate(0.95).Interval);
        Assert.Null(paid.Less(free, 0.95).Interval);
        Assert.Equal(1, paid.Less(free, 0.95).PValue);
    }

    private static Moments Of(double[] values) =>
        new(values.Length, values.Sum(), values.Sum(value => value * value));
}
