using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Statistics;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Attribution;

public sealed class RecommendationReportTests
{
    private static readonly Currency Euro = Currency.Of("EUR");
    private static readonly Experiment Trial = new("e", [new("control", 50), new("other", 50)]);

    [Fact]
    public void Arms_are_compared_with_the_first_one()
    {
        var report = RecommendationMetrics.ReportOf(Trial, new Dictionary<uint, SuccessSums>
        {
            [new ArmName("e", "control").Tag] = Sums(visitors: 100, clicks: 10, buyers: 4, 40),
            [new ArmName("e", "other").Tag] = Sums(visitors: 100, clicks: 30, buyers: 8, 120),
        }, 0.95);

        var (control, other) = (report.Arms[0], report.Arms[1]);
        Assert.True(report.IsRunning);
        Assert.Null(control.ClickThroughDifference);
        Assert.Equal(100, control.Visitors);
        Assert.Equal(0.1, control.ClickThrough.Value, 1e-12);
        Assert.Equal(new Proportion(4, 100).Estimate(0.95), control.Buyers);
        Assert.Equal(0.4, control.Revenue.Single().Mean.Value, 1e-12);
        Assert.Equal(0.2, other.ClickThroughDifference!.Value.Value, 1e-12);
        Assert.InRange(other.ClickThroughDifference.Value.PValue, 1e-6, 0.01);
        Assert.Equal(0.04, other.BuyersDifference!.Value.Value, 1e-12);
        Assert.InRange(other.BuyersDifference.Value.PValue, 0.1, 0.5);
        Assert.Equal(0.8, other.Revenue.Single().Difference!.Value.Value, 1e-12);
    }

    [Fact]
    public void An_experiment_that_nobody_has_seen_is_all_zeros_without_a_number_that_is_none()
    {
        var report = RecommendationMetrics.ReportOf(
            Trial, new Dictionary<uint, SuccessSums>(), 0.95);

        Assert.All(report.Arms, arm =>
        {
            Assert.Equal(0, arm.Visitors);
            Assert.Equal(0, arm.ClickThrough.Value);
            Assert.Equal(new Interval(0, 1), arm.ClickThrough.Interval);
            Assert.Equal(new Interval(0, 1), arm.Buyers.Interval);
        });
        Assert.Equal(1, report.Arms[1].ClickThroughDifference!.Value.PValue);
        Assert.Equal(1, report.Arms[1].BuyersDifference!.Value.PValue);
    }

    /// <summary>One impression each; each buyer spent the same.</summary>
    private static SuccessSums Sums(int visitors, int clicks, int buyers, int revenue)
    {
        var sums = new SuccessSums
        {
            Impressions = visitors,
            Clicks = clicks,
            Conversions = buyers,
            Buyers = buyers,
            ByVisitor = new(visitors, visitors, clicks, visitors, clicks, clicks),
        };
        sums.Revenue[Euro] = new(revenue, buyers * Math.Pow((double)revenue / buyers, 2));
        return sums;
    }
}
