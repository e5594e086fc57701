using FsCheck.Xunit;
using StreamCommerce.Engine.Recommendations.Candidates;
using StreamCommerce.Engine.Recommendations.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class DiverseChoiceTests
{
    [Fact]
    public void A_product_like_the_first_goes_behind_one_that_is_unlike_it()
    {
        // Products 0 and 2 are of one kind.
        Assert.Equal([0, 1, 2], Choose([1, 0.8f, 0.9f], 3, 0.5f, new Kinds([0, 1, 0])));
        Assert.Equal([0, 2, 1], Choose([1, 0.8f, 0.9f], 3, 0, new Kinds([0, 1, 0])));
    }

    [Property(MaxTest = 200)]
    public void Each_place_goes_to_the_highest_marginal_relevance(int seed)
    {
        var random = new Random(seed);
        var scores = Enumerable.Range(0, random.Next(1, 20))
            .Select(_ => random.Next(1, 10) / 10f).ToArray();
        var kinds = new Kinds([.. scores.Select(_ => random.Next(3))]);
        var diversity = random.Next(11) / 10f;
        var count = random.Next(1, scores.Length + 1);

        var chosen = Choose(scores, count, diversity, kinds);

        Assert.Equal(count, chosen.Length);
        Assert.Equal(chosen.Distinct(), chosen);
        for (var place = 1; place < count; place++)
        {
            var before = chosen[..place];
            var worth = WorthOf(chosen[place], before);
            foreach (var other in Enumerable.Range(0, scores.Length).Except(before))
                Assert.True(worth >= WorthOf(other, before) - 1e-5f);
        }

        float WorthOf(int item, int[] before) => ((1 - diversity) * scores[item] / scores.Max())
            - (diversity * before.Max(other => kinds.Between(item, other)));
    }

    private static int[] Choose(float[] scores, int count, float diversity, Kinds kinds)
    {
        var table = new CandidateTable();
        for (var item = 0; item < scores.Length; item++) table.Add(item, scores[item], -1, default);
        var ranked = new ScoredItem[scores.Length];
        table.Top(ranked);
        count = DiverseChoice.Choose(
            ranked, count, diversity, kinds.Of(ranked), new Contender[scores.Length]);
        return [.. ranked[..count].Select(scored => scored.Item)];
    }

    private readonly struct Kinds(int[] kinds) : ILikeness
    {
        public float Between(int left, int right) => kinds[left] == kinds[right] ? 1 : 0;

        // Those of a list, by its places.
        public Kinds Of(ScoredItem[] list)
        {
            var all = kinds;
            return new([.. list.Select(scored => all[scored.Item])]);
        }
    }
}
