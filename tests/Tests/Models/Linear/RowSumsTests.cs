using FsCheck.Xunit;
using StreamCommerce.Models.Linear;
using Xunit;

namespace StreamCommerce.Tests.Models.Linear;

public sealed class RowSumsTests
{
    [Property(MaxTest = 300)]
    public void The_greatest_sums_are_kept_of_equal_ones_the_first(int seed, byte others)
    {
        var limit = 1 + others % 30;
        var random = new Random(seed);
        var sums = new RowSums(30);
        var expected = new float[30];
        for (var i = 0; i < 60; i++)
        {
            var (column, value) = (random.Next(30), random.Next(-2, 4));
            sums.Add(column, value);
            expected[column] += value;
        }

        var (columns, values) = sums.Take(limit, (_, sum) => sum);

        var kept = Enumerable.Range(0, 30).Where(column => expected[column] > 0)
            .OrderByDescending(column => expected[column]).ThenBy(column => column)
            .Take(limit).Order().ToArray();
        Assert.Equal(kept, columns);
        Assert.Equal(kept.Select(column => expected[column]), values);
    }

    [Fact]
    public void A_row_that_was_taken_leaves_nothing_behind()
    {
        var sums = new RowSums(3);
        sums.Add(1, 5);
        sums.Take(9, (_, sum) => sum);
        sums.Add(2, 1);

        Assert.Equal([2], sums.Take(9, (_, sum) => sum).Columns);
    }
}
