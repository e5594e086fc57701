using FsCheck.Xunit;
using StreamCommerce.Models.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Models.Ranking;

public sealed class TopItemsTests
{
    [Property(MaxTest = 500)]
    public void The_best_are_the_first_of_a_full_sort(int seed, byte size, byte places)
    {
        var random = new Random(seed);
        // Few different scores, so that many are equal.
        var scores = Enumerable.Range(0, size).Select(_ => (float)random.Next(8)).ToArray();
        var top = new RankedItem[places];

        var count = TopItems.Select(scores, top);

        var sorted = scores.Select((score, item) => new RankedItem(item, score))
            .OrderByDescending(entry => entry.Score).ThenBy(entry => entry.Item).Take(places);
        Assert.Equal(sorted, top[..count]);
    }

    [Property(MaxTest = 200)]
    public void Inserting_in_any_order_gives_the_same_list(int seed)
    {
        var random = new Random(seed);
        var entries = Enumerable.Range(0, 30)
            .Select(item => new RankedItem(item, random.Next(8))).ToArray();
        var (inOrder, shuffled) = (new RankedItem[7], new RankedItem[7]);

        Fill(inOrder, entries);
        random.Shuffle(entries);
        Fill(shuffled, entries);

        Assert.Equal(inOrder, shuffled);
    }

    [Fact]
    public void What_is_not_a_score_or_shut_out_is_left_out()
    {
        var top = new RankedItem[4];

        var count = TopItems.Select([float.NaN, 1, float.NegativeInfinity, 2], top);

        Assert.Equal([new(3, 2), new(1, 1)], top[..count]);
    }

    [Fact]
    public void A_list_without_places_takes_nothing()
    {
        Assert.Equal(0, TopItems.Select([1, 2], []));
        Assert.Equal(0, TopItems.Insert([], 0, new(1, 1)));
    }

    private static void Fill(RankedItem[] top, RankedItem[] entries)
    {
        var count = 0;
        foreach (var entry in entries) count = TopItems.Insert(top, count, entry);
    }
}
