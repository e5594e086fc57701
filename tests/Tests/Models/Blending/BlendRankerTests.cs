using StreamCommerce.Models.Blending;
using StreamCommerce.Tests.Models.Evaluation;
using Xunit;

namespace StreamCommerce.Tests.Models.Blending;

public sealed class BlendRankerTests
{
    [Fact]
    public void Scores_are_scaled_before_they_are_added_up()
    {
        var scores = Blend(
            new(new FixedRanker(0, 50, 100), 1, ScoreScale.Range),
            new(new FixedRanker(3, 2, 1), 2, ScoreScale.Range));

        Assert.Equal([2, 1.5f, 1], scores);
    }

    [Fact]
    public void Roots_bring_scores_closer()
    {
        var scores = Blend(new BlendMember(new FixedRanker(0, 1, 4), 1, ScoreScale.Root));

        Assert.Equal([0, 0.5f, 1], scores);
    }

    [Fact]
    public void Deviations_are_free_of_the_scale()
    {
        var scores = Blend(new BlendMember(new FixedRanker(10, 20, 30), 1, ScoreScale.Deviation));

        Assert.Equal(-Math.Sqrt(1.5), scores[0], 1e-5);
        Assert.Equal(0, scores[1], 1e-5);
    }

    [Theory]
    [InlineData(ScoreScale.Range)]
    [InlineData(ScoreScale.Deviation)]
    [InlineData(ScoreScale.Root)]
    public void Scores_that_say_nothing_add_nothing(ScoreScale scale) =>
        Assert.Equal([0, 0, 0], Blend(new BlendMember(new FixedRanker(7, 7, 7), 1, scale)));

    [Theory]
    [InlineData(ScoreScale.Range)]
    [InlineData(ScoreScale.Deviation)]
    [InlineData(ScoreScale.Root)]
    public void Extreme_scores_stay_finite(ScoreScale scale) => Assert.All(
        Blend(new BlendMember(new FixedRanker(-3e38f, 0, 3e38f), 1, scale),
            new(new FixedRanker(0, 1e-45f, 0), 1, scale)),
        score => Assert.True(float.IsFinite(score)));

    [Fact]
    public void A_blend_of_different_catalogues_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new BlendRanker([]));
        Assert.Throws<ArgumentException>(() => new BlendRanker([
            new(new FixedRanker(1), 1, ScoreScale.Range),
            new(new FixedRanker(1, 2), 1, ScoreScale.Range)]));
        Assert.Throws<ArgumentException>(() => new BlendRanker([
            new(new FixedRanker(1), float.NaN, ScoreScale.Range)]));
    }

    private static float[] Blend(params BlendMember[] members)
    {
        var ranker = new BlendRanker(members);
        var scores = new float[ranker.ItemCount];
        ranker.Score([], scores);
        return scores;
    }
}
