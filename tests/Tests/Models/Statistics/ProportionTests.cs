using FsCheck.Xunit;
using StreamCommerce.Models.Statistics;
using Xunit;

namespace StreamCommerce.Tests.Models.Statistics;

public sealed class ProportionTests
{
    [Theory]
    [InlineData(10, 100, 0.05522913706, 0.1743656615)]
    [InlineData(0, 10, 0, 0.2775327999)]
    [InlineData(1, 10, 0.0178762131, 0.4041500268)]
    [InlineData(10, 10, 0.7224672001, 1)]
    public void The_interval_is_wilsons(long successes, long trials, double low, double high)
    {
        var interval = new Proportion(successes, trials).Wilson(0.95);

        Assert.Equal(low, interval.Low, 1e-10);
        Assert.Equal(high, interval.High, 1e-10);
    }

    [Fact]
    public void Without_a_trial_everything_is_possible() =>
        Assert.Equal(new Interval(0, 1), new Proportion(0, 0).Wilson(0.95));

    /// <summary>The first example of Newcombe (1998), whose paper gives 0.0524 to 0.3339.
    /// </summary>
    [Fact]
    public void The_difference_of_two_shares_is_newcombes()
    {
        var difference = new Proportion(56, 70).Less(new Proportion(48, 80), 0.95);

        Assert.Equal(0.2, difference.Value, 1e-12);
        Assert.Equal(0.0524314724, difference.Interval!.Value.Low, 1e-10);
        Assert.Equal(0.333872654, difference.Interval.Value.High, 1e-9);
        Assert.Equal(0.008045081368, difference.PValue, 1e-10);
    }

    [Theory]
    [InlineData(0, 0, 5, 10, -1)]
    [InlineData(5, 10, 0, 0, -1)]
    [InlineData(0, 10, 0, 10, -0.28)]
    [InlineData(10, 10, 10, 10, -0.28)]
    public void Shares_that_tell_nothing_are_not_told_apart(
        long a, long ofA, long b, long ofB, double low)
    {
        var difference = new Proportion(a, ofA).Less(new Proportion(b, ofB), 0.95);

        Assert.Equal(1, difference.PValue);
        Assert.Equal(low, difference.Interval!.Value.Low, 0.01);
    }

    [Property(MaxTest = 500)]
    public void Every_interval_holds_what_was_seen_and_nothing_impossible(int seed)
    {
        var random = new Random(seed);
        var trials = random.NextInt64(1, 1L << random.Next(1, 50));
        var one = new Proportion(random.NextInt64(trials + 1), trials);
        var other = new Proportion(random.NextInt64(trials + 1), trials);
        var confidence = 0.5 + (random.NextDouble() * 0.4999);

        var interval = one.Wilson(confidence);
        Assert.True(interval.Low >= 0 && interval.Low <= one.Share);
        Assert.True(interval.High <= 1 && interval.High >= one.Share);
        var difference = one.Less(other, confidence);
        Assert.InRange(
            difference.Value, difference.Interval!.Value.Low, difference.Interval.Value.High);
        Assert.InRange(difference.PValue, 0, 1);
        Assert.Equal(-difference.Value, other.Less(one, confidence).Value);
    }
}
