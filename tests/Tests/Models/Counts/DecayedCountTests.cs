using FsCheck.Xunit;
using StreamCommerce.Models.Counts;
using Xunit;

namespace StreamCommerce.Tests.Models.Counts;

public sealed class DecayedCountTests
{
    [Property]
    public void A_count_is_the_direct_sum_of_what_was_counted(byte[] halfLivesAgo)
    {
        var count = DecayedCount.None;
        foreach (var age in halfLivesAgo) count = count.Plus(400_000 - age / 4.0, weight: 3);

        var sum = halfLivesAgo.Sum(age => 3 * Math.Pow(0.5, age / 4.0));
        Assert.Equal(sum, count.ValueAt(400_000), 1e-6 * (1 + sum));
    }

    [Property]
    public void Two_counts_add_up_to_the_count_of_both(byte[] left, byte[] right)
    {
        var both = Count([.. left, .. right]);

        var sum = Count(left).Plus(Count(right));

        Assert.True(both.Log2.Equals(sum.Log2) || Math.Abs(both.Log2 - sum.Log2) < 1e-9);
    }

    [Fact]
    public void Nothing_counted_is_worth_nothing() =>
        Assert.Equal(0, DecayedCount.None.Plus(DecayedCount.None).ValueAt(0));

    [Fact]
    public void A_weight_is_worth_half_after_a_half_life() =>
        Assert.Equal(4, DecayedCount.None.Plus(10, 8).ValueAt(11), 1e-12);

    private static DecayedCount Count(byte[] times) =>
        times.Aggregate(DecayedCount.None, (count, time) => count.Plus(time, 1));
}
