using FsCheck.Xunit;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Factorization;

public sealed class FactorizationRankerTests
{
    [Property(MaxTest = 30)]
    public void Scores_are_finite_and_an_item_nobody_took_gets_the_lowest(int seed)
    {
        var random = new Random(seed);
        var histories = RandomShop.Histories(random);
        var ranker = FactorizationFamily.Ials.Train(histories,
            new ParameterSet(FactorizationFamily.Ials.Parameters).With("dimensions", 16),
            new TrainingContext(seed), default);
        var scores = new float[ranker.ItemCount];

        ranker.Score(RandomShop.Interactions(random, random.Next(9), 25), scores);

        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        // The last two items are in nobody's history.
        Assert.Equal(scores.Min(), scores[^1]);
        Assert.Equal(scores.Min(), scores[^2]);
    }

    [Fact]
    public void A_user_of_the_training_data_folds_in_to_the_trained_factor()
    {
        var histories = RandomShop.Histories(new Random(3), 100, 40);
        var options = new IalsOptions
        {
            Dimensions = 20,
            PopularityExponent = 0.4,
            ScoreExponent = 0.15,
        };
        var model = IalsTrainer.Train(histories, options);
        var foldIn = new FoldIn(model.ItemFactors, 20, FactorizationFamily.FoldInOf(options),
            model.Popularity);
        var factor = new float[20];

        for (var user = 0; user < histories.UserCount; user++)
        {
            foldIn.Solve(histories[user], factor);
            for (var i = 0; i < 20; i++)
                Assert.Equal(model.UserFactor(user)[i], factor[i], 1e-3f);
        }
    }

    [Theory]
    [InlineData(InteractionKind.View, 0, 1)]
    [InlineData(InteractionKind.Purchase, 0, 4)]
    [InlineData(InteractionKind.Cart, 30, 1)]
    [InlineData(InteractionKind.Purchase, 60, 1)]
    [InlineData(InteractionKind.View, -5, 1)]
    public void An_interaction_weighs_what_its_kind_does_and_half_after_a_half_life(
        InteractionKind kind, double days, float weight)
    {
        var parameters = new FoldInParameters(1, 1, 1, HalfLifeDays: 30);

        Assert.Equal(weight, InteractionWeights.Of(kind, TimeSpan.FromDays(days), parameters));
    }

    [Fact]
    public void Without_a_half_life_a_weight_stays() =>
        Assert.Equal(2, InteractionWeights.Of(InteractionKind.Cart, TimeSpan.FromDays(9_999),
            new FoldInParameters(1, 1, 1)));
}
