using StreamCommerce.Models.Sessions;
using Xunit;

namespace StreamCommerce.Tests.Models.Sessions;

public sealed class SessionBlendTuningTests
{
    [Fact]
    public void What_foresees_the_clicks_of_a_shop_gets_the_weight()
    {
        var knowledge = new SessionKnowledge();
        var tuning = new SessionBlendTuning(new());
        Assert.Same(SessionBlendWeights.Default, tuning.Weights);

        // Whoever comes to an even product goes on to the next one, whatever was before it.
        var random = new Random(1);
        for (var click = 0; click < 600 * SessionBlendTuning.SampleEvery; click++)
        {
            var from = 2 * random.Next(20);
            int[] session = [100 + random.Next(1000), from, from + 1];
            tuning.Observe(knowledge, session.AsSpan(0, 2), session[2]);
            if (click < 2_000) knowledge.Learn(session);
        }

        Assert.True(WeightOf(tuning.Weights) > 1.5 * WeightOf(SessionBlendWeights.Default));

        // Two different items, of which the last has many followers.
        static float WeightOf(SessionBlendWeights weights)
        {
            var situation = SessionSituation.Of(2, 1_000, isRepeat: false);
            return weights[situation, SessionVoter.Next]
                + weights[situation, SessionVoter.Following];
        }
    }

    [Fact]
    public void Before_enough_clicks_the_default_weights_hold()
    {
        var tuning = new SessionBlendTuning(new());
        var knowledge = new SessionKnowledge();
        for (var click = 0; click < 100 * SessionBlendTuning.SampleEvery; click++)
            tuning.Observe(knowledge, [1], 2);

        Assert.Same(SessionBlendWeights.Default, tuning.Weights);
    }
}
