using StreamCommerce.Engine.Recommendations.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class SeededDrawsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(30, 3)]
    [InlineData(400, 4_000)]
    public void Draws_of_a_beta_distribution_have_its_mean_and_variance(double alpha, double beta)
    {
        var draws = new SeededDraws(7);
        var values = new double[20_000];
        for (var i = 0; i < values.Length; i++) values[i] = draws.NextBeta(alpha, beta);

        var mean = alpha / (alpha + beta);
        var variance = mean * (1 - mean) / (alpha + beta + 1);
        var average = values.Average();
        // Five standard errors.
        Assert.Equal(mean, average, 5 * Math.Sqrt(variance / values.Length));
        var spread = values.Average(value => (value - average) * (value - average));
        Assert.Equal(1, spread / variance, 0.1);
        Assert.All(values, value => Assert.InRange(value, 0, 1));
    }

    [Fact]
    public void A_seed_gives_the_same_numbers_and_another_one_others()
    {
        var (one, again, other) = (new SeededDraws(1), new SeededDraws(1), new SeededDraws(2));

        for (var i = 0; i < 100; i++)
        {
            var drawn = one.Next();
            Assert.Equal(drawn, again.Next());
            Assert.NotEqual(drawn, other.Next());
        }
    }
}
