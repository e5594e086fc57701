using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Retrieval;
using Xunit;

namespace StreamCommerce.Tests.Models.Retrieval;

public sealed class ItemIndexTests
{
    private const int Dimensions = 32;

    [Fact]
    public void Queries_unlike_the_sample_find_99_of_100_of_the_best_items()
    {
        var random = new Random(1);
        var factors = new ItemFactors(
            RandomFactors.Clustered(random, 20_000, Dimensions, 60), Dimensions);
        var index = ItemIndexBuilder.Build(
            factors, Queries(random, factors, 200), new ItemIndexOptions { ThreadCount = 2 });
        var others = Queries(random, factors, 300);

        Assert.False(index.IsExact);
        Assert.InRange(
            RetrievalRecall.Of(Answer(index, others), Answer(new ExactScan(factors), others)),
            0.99, 1);
    }

    [Fact]
    public void An_index_that_must_be_right_is_exact()
    {
        var random = new Random(2);
        var factors = new ItemFactors(
            RandomFactors.Clustered(random, 2_000, Dimensions, 20), Dimensions);
        var queries = Queries(random, factors, 50);

        var index = ItemIndexBuilder.Build(factors, queries, new ItemIndexOptions { Recall = 1 });

        Assert.True(index.IsExact);
        Assert.Equal(Answer(new ExactScan(factors), queries), Answer(index, queries));
    }

    [Fact]
    public void Threads_do_not_change_an_index()
    {
        var random = new Random(3);
        var factors = new ItemFactors(
            RandomFactors.Clustered(random, 3_000, Dimensions, 20), Dimensions);
        var queries = Queries(random, factors, 50);

        var one = ItemIndexBuilder.Build(factors, queries, new ItemIndexOptions());
        var three = ItemIndexBuilder.Build(
            factors, queries, new ItemIndexOptions { ThreadCount = 3 });

        Assert.Equal(one.Width, three.Width);
        Assert.Equal(Answer(one, queries), Answer(three, queries));
    }

    [Fact]
    public void Factors_that_are_not_finite_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ItemFactors(new[] { 1, float.NaN }, 1));
        Assert.Throws<ArgumentException>(() => new ItemFactors(new float[3], 2));
    }

    private static float[] Queries(Random random, ItemFactors factors, int count) =>
        [.. Enumerable.Range(0, count).SelectMany(_ => RandomFactors.Query(random, factors))];

    private static RankedItem[][] Answer(IItemSearch search, float[] queries) =>
        [.. queries.Chunk(search.Dimensions).Select(query =>
        {
            var top = new RankedItem[20];
            return top[..search.Search(query, top)];
        })];
}
