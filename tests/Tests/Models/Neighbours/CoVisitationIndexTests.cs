using FsCheck.Xunit;
using StreamCommerce.Models.Neighbours;
using Xunit;

namespace StreamCommerce.Tests.Models.Neighbours;

public sealed class CoVisitationIndexTests
{
    [Property]
    public void Below_the_limit_every_weight_is_exact(byte[] pairs)
    {
        var index = new CoVisitationIndex(neighbourLimit: 16);
        var expected = new Dictionary<(int, int), float>();
        foreach (var (left, right) in Split(pairs, 16))
        {
            index.Add(left, right, 2);
            expected[(left, right)] = expected.GetValueOrDefault((left, right)) + 2;
            expected[(right, left)] = expected.GetValueOrDefault((right, left)) + 2;
        }
        Assert.All(expected, pair => Assert.Equal(
            pair.Value, index.Of(pair.Key.Item1).Single(n => n.Item == pair.Key.Item2).Weight));
    }

    [Property]
    public void Pairs_of_one_item_count_alike_together_and_one_by_one(byte[] pairs)
    {
        var together = new CoVisitationIndex(neighbourLimit: 3);
        var oneByOne = new CoVisitationIndex(neighbourLimit: 3);
        foreach (var group in Split(pairs, 16).Chunk(3))
        {
            var item = group[0].Item1;
            Neighbour[] others = [.. group.Select(pair => pair.Item2)
                .Where(other => other != item)
                .Select((other, i) => new Neighbour(other, 1f / (i + 1)))];
            together.Add(item, others);
            foreach (var (other, weight) in others) oneByOne.Add(item, other, weight);
        }
        for (var item = 0; item < 16; item++)
        {
            Assert.Equal(oneByOne.Of(item), together.Of(item));
            Assert.Equal(oneByOne.ScaleOf(item), together.ScaleOf(item));
        }
    }

    [Property]
    public void At_the_limit_no_weight_is_too_small_and_none_too_big_by_more_than_the_lightest(
        byte[] pairs)
    {
        var index = new CoVisitationIndex(neighbourLimit: 3);
        var expected = new Dictionary<(int, int), float>();
        foreach (var (left, right) in Split(pairs, 16))
        {
            index.Add(left, right, 1);
            expected[(left, right)] = expected.GetValueOrDefault((left, right)) + 1;
            expected[(right, left)] = expected.GetValueOrDefault((right, left)) + 1;
        }
        for (var item = 0; item < 16; item++)
        {
            var neighbours = index.Of(item).ToArray();
            Assert.True(neighbours.Length <= 3);
            foreach (var neighbour in neighbours)
            {
                var true_ = expected[(item, neighbour.Item)];
                Assert.InRange(
                    neighbour.Weight, true_, true_ + neighbours.Min(n => n.Weight));
            }
            Assert.Equal(
                expected.Where(pair => pair.Key.Item1 == item).Sum(pair => pair.Value),
                index.TotalOf(item));
        }
    }

    [Property]
    public void A_restored_item_goes_on_as_if_it_had_never_been_saved(byte[] before, byte[] after)
    {
        var index = new CoVisitationIndex(neighbourLimit: 3);
        foreach (var (left, right) in Split(before, 8)) index.Add(left, right, 1);
        var restored = new CoVisitationIndex(neighbourLimit: 3);
        for (var item = 0; item < 8; item++)
            if (index.TotalOf(item) > 0)
                restored.Restore(item, index.TotalOf(item), [.. index.Of(item)]);

        foreach (var (left, right) in Split(after, 8))
        {
            index.Add(left, right, 0.5f);
            restored.Add(left, right, 0.5f);
        }
        for (var item = 0; item < 8; item++)
        {
            Assert.Equal(index.Of(item), restored.Of(item));
            Assert.Equal(index.TotalOf(item), restored.TotalOf(item));
        }
    }

    private static IEnumerable<(int Left, int Right)> Split(byte[] pairs, int items) => pairs
        .Select(pair => (pair % items, pair / 16 % items))
        .Where(pair => pair.Item1 != pair.Item2);

    [Fact]
    public void A_scale_is_one_over_the_root_of_the_total_also_when_restored()
    {
        var index = new CoVisitationIndex(4);
        index.Add(1, 2, 3);
        index.Add(1, 3, 1);
        index.Restore(7, 25, [new(1, 25)]);

        Assert.Equal(0.5f, index.ScaleOf(1));
        Assert.Equal(0.2f, index.ScaleOf(7));
        Assert.Equal(0, index.ScaleOf(5));
        Assert.Equal(0, index.ScaleOf(9_999));
    }

    [Fact]
    public void Copied_neighbours_are_those_that_are_listed()
    {
        var index = new CoVisitationIndex(4);
        index.Add(1, 2, 3);
        index.Add(1, 3, 1);
        var copied = new Neighbour[4];

        var count = index.CopyTo(1, copied);

        Assert.Equal(index.Of(1), copied[..count]);
        Assert.Equal(0, index.CopyTo(8, copied));
    }
}
