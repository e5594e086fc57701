using FsCheck.Xunit;
using StreamCommerce.Models.Statistics;
using Xunit;

namespace StreamCommerce.Tests.Models.Statistics;

/// <summary>Against values that an arbitrary-precision library gives.</summary>
public sealed class DistributionTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.6914624612740131)]
    [InlineData(1, 0.84134474606854295)]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(2.9999, 0.99864965871704508)]
    [InlineData(3, 0.99865010196836991)]
    [InlineData(5, 0.99999971334842812)]
    public void The_normal_distribution_is_the_known_one(double x, double probability)
    {
        Assert.Equal(probability, NormalDistribution.Cdf(x), 1e-14);
        Assert.Equal(1 - probability, NormalDistribution.Cdf(-x), 1e-14);
    }

    [Theory]
    [InlineData(3, 0.0026997960632601891)]
    [InlineData(5, 5.7330314375838782e-7)]
    [InlineData(10, 1.5239706048321052e-23)]
    public void Far_tails_keep_their_digits(double z, double p) =>
        Assert.Equal(1, NormalDistribution.TwoSidedP(z) / p, 1e-11);

    [Fact]
    public void The_normal_quantile_of_95_percent_is_1_96() => Assert.Equal(
        1.9599639845400542, NormalDistribution.Quantile(0.975), 1e-12);

    [Theory]
    [InlineData(1, 1, 0.5)]
    [InlineData(2, 5, 0.1019394788298584)]
    [InlineData(2.228, 10, 0.05001177181711137)]
    [InlineData(3.5, 30.7, 0.001445792740387946)]
    [InlineData(0.1, 1_000, 0.9203643690236041)]
    [InlineData(12, 3, 0.001245015800789337)]
    [InlineData(-12, 3, 0.001245015800789337)]
    public void Students_distribution_is_the_known_one(double t, double degrees, double p) =>
        Assert.Equal(1, StudentDistribution.TwoSidedP(t, degrees) / p, 1e-11);

    [Theory]
    [InlineData(0.95, 1, 12.7062047361747)]
    [InlineData(0.95, 10, 2.22813885198627)]
    [InlineData(0.99, 4.5, 4.27282399301129)]
    [InlineData(0.95, 120, 1.97993040508244)]
    [InlineData(0.95, 1e12, 1.9599639845400542)]
    public void Students_quantiles_are_those_of_the_tables(
        double confidence, double degrees, double t) => Assert.Equal(
            1, StudentDistribution.TwoSidedQuantile(confidence, degrees) / t, 1e-10);

    [Property(MaxTest = 200)]
    public void A_quantile_is_where_its_probability_is_reached(int seed)
    {
        var random = new Random(seed);
        var probability = (1e-9 + random.NextDouble()) / (1 + 2e-9);
        var degrees = 1 + Math.Pow(10, 7 * random.NextDouble());

        Assert.Equal(probability,
            NormalDistribution.Cdf(NormalDistribution.Quantile(probability)), 1e-13);
        Assert.Equal(1 - probability, StudentDistribution.TwoSidedP(
            StudentDistribution.TwoSidedQuantile(probability, degrees), degrees), 1e-9);
    }

    [Fact]
    public void What_is_no_number_proves_nothing()
    {
        Assert.Equal(1, NormalDistribution.TwoSidedP(double.NaN));
        Assert.Equal(1, StudentDistribution.TwoSidedP(double.NaN, 5));
        Assert.Equal(0, StudentDistribution.TwoSidedP(double.PositiveInfinity, 5));
    }
}
