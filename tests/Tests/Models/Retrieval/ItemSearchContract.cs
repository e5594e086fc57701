using System.Numerics.Tensors;
using FsCheck.Xunit;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Retrieval;
using Xunit;

namespace StreamCommerce.Tests.Models.Retrieval;

/// <summary>What holds for every search; a subclass says which.</summary>
public abstract class ItemSearchContract
{
    [Property(MaxTest = 200)]
    public void The_best_items_are_found_whatever_the_factors(int seed)
    {
        var random = new Random(seed);
        var factors = RandomFactors.Awkward(random);
        var search = Create(factors);
        for (var round = 0; round < 5; round++)
        {
            var query = RandomFactors.Query(random, factors);
            var places = random.Next(0, factors.Count + 5);

            Assert.Equal(
                Best(factors, query, places, _ => true), Search(search, query, places));
        }
    }

    [Property(MaxTest = 200)]
    public void Only_allowed_items_are_found(int seed)
    {
        var random = new Random(seed);
        var factors = RandomFactors.Awkward(random);
        var search = Create(factors);
        var query = RandomFactors.Query(random, factors);
        // At times too short: what it does not tell of is not allowed.
        var allowed = new ulong[random.Next(0, (factors.Count / 64) + 2)];
        foreach (ref var word in allowed.AsSpan()) word = (ulong)random.NextInt64();
        var top = new RankedItem[10];

        var count = search.Search(query, top, new ItemBits(allowed));

        Assert.Equal(
            Best(factors, query, 10, item => item / 64 < allowed.Length
                && (allowed[item / 64] >> (item % 64) & 1) == 1),
            top[..count]);
    }

    [Fact]
    public void Equal_scores_go_by_the_lower_number()
    {
        var search = Create(new(Enumerable.Repeat(1f, 3 * 100).ToArray(), 3));

        Assert.Equal([0, 1, 2, 3], Search(search, [1, 2, 3], 4).Select(entry => entry.Item));
    }

    [Fact]
    public void More_places_than_items_are_filled_with_all_items()
    {
        var search = Create(new(new float[] { 1, 2, 3 }, 1));

        Assert.Equal([2, 1, 0], Search(search, [1], 20).Select(entry => entry.Item));
    }

    [Fact]
    public void A_query_of_zeros_finds_the_first_items_that_are_allowed()
    {
        var search = Create(new(RandomFactors.Clustered(new Random(1), 100, 8, 4), 8));
        var top = new RankedItem[3];

        Assert.Equal(3, search.Search(new float[8], top, new ItemBits([0b110_1000])));
        Assert.Equal([new(3, 0), new(5, 0), new(6, 0)], top);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1e30f)]
    public void A_query_whose_scores_might_not_be_finite_finds_nothing(float number)
    {
        var search = Create(new(RandomFactors.Clustered(new Random(1), 100, 3, 4), 3));

        Assert.Empty(Search(search, [1, number, 1], 5));
    }

    [Fact]
    public void A_query_of_another_length_is_a_mistake()
    {
        var search = Create(new(new float[] { 1, 2, 3, 4 }, 2));

        Assert.Throws<ArgumentException>(() => Search(search, [1, 2, 3], 5));
    }

    [Fact]
    public void A_search_allocates_nothing()
    {
        var factors = new ItemFactors(RandomFactors.Clustered(new Random(1), 5_000, 32, 10), 32);
        var search = Create(factors);
        var (query, top) = (RandomFactors.Query(new Random(2), factors), new RankedItem[20]);
        search.Search(query, top);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++) search.Search(query, top);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Many_threads_get_the_answers_that_one_gets()
    {
        var random = new Random(3);
        var factors = new ItemFactors(RandomFactors.Clustered(random, 3_000, 16, 10), 16);
        var search = Create(factors);
        var queries = Enumerable.Range(0, 100)
            .Select(_ => RandomFactors.Query(random, factors)).ToArray();
        var alone = queries.Select(query => Search(search, query, 20)).ToArray();
        var together = new RankedItem[queries.Length][];

        Parallel.For(0, queries.Length, i => together[i] = Search(search, queries[i], 20));

        Assert.Equal(alone, together);
    }

    protected abstract IItemSearch Create(ItemFactors factors);

    private static RankedItem[] Search(IItemSearch search, float[] query, int places)
    {
        var top = new RankedItem[places];
        return top[..search.Search(query, top)];
    }

    private static RankedItem[] Best(
        ItemFactors factors, float[] query, int places, Func<int, bool> isAllowed) =>
        [.. Enumerable.Range(0, factors.Count).Where(isAllowed)
            .Select(item => new RankedItem(item, TensorPrimitives.Dot(query, factors[item])))
            .OrderByDescending(entry => entry.Score).ThenBy(entry => entry.Item).Take(places)];
}

public sealed class ExactScanTests : ItemSearchContract
{
    protected override IItemSearch Create(ItemFactors factors) => new ExactScan(factors);
}

public sealed class QuantizedScanTests : ItemSearchContract
{
    protected override IItemSearch Create(ItemFactors factors) => new QuantizedScan(factors);
}

public sealed class ExactItemIndexTests : ItemSearchContract
{
    protected override IItemSearch Create(ItemFactors factors) =>
        ItemIndexBuilder.Build(factors, default, new ItemIndexOptions { Cells = 7 });
}
