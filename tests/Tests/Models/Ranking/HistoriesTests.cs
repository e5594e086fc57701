using StreamCommerce.Models.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Models.Ranking;

public sealed class HistoriesTests
{
    [Fact]
    public void Each_user_gets_back_what_was_put_in()
    {
        var histories = Histories.Of([[new(3), new(1, 2, 5)], [], [new(0)]], itemCount: 4);

        Assert.Equal((3, 4, 3), (histories.UserCount, histories.ItemCount, histories.EntryCount));
        Assert.Equal([new(3), new(1, 2, 5)], histories[0].ToArray());
        Assert.True(histories[1].IsEmpty);
        Assert.Equal([new(0)], histories.MemoryOf(2).ToArray());
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 1, 2 })]
    [InlineData(new[] { 0, 1 })]
    [InlineData(new[] { 0, 2, 1, 2 })]
    public void Starts_that_do_not_fit_the_entries_are_refused(int[] starts) =>
        Assert.Throws<ArgumentException>(() => new Histories(starts, [new(0), new(0)], 1));

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void An_item_outside_the_range_is_refused(int item) =>
        Assert.Throws<ArgumentException>(() => new Histories([0, 1], [new(item)], 2));

    [Fact]
    public void Nobody_is_an_ordinary_case() => Assert.Equal(0, Histories.Of([], 5).UserCount);
}
