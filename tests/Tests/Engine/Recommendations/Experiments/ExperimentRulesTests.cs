using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Experiments;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Experiments;

public sealed class ExperimentRulesTests
{
    [Theory]
    [InlineData("/experiments/0/arms", 60, 60)]
    [InlineData("/experiments/0/arms/1/share", 10, -1)]
    [InlineData("/experiments/0/arms/0/share", double.NaN, 1)]
    public void Shares_are_percentages_that_fit_together(string path, double a, double b) =>
        Assert.Equal(path, ExperimentRules.Check(AssignmentTests.Book(
            AssignmentTests.Of("e", a, b)))?.Path);

    [Fact]
    public void Thirds_fill_a_hundred() => Assert.Null(ExperimentRules.Check(AssignmentTests.Book(
        AssignmentTests.Of("e", 100 / 3.0, 100 / 3.0, 100 / 3.0))));

    [Fact]
    public void Two_running_experiments_do_not_change_the_same()
    {
        var fault = ExperimentRules.Check(AssignmentTests.Book(
            WithDiversity("a", share: 50), WithDiversity("b", share: 50)));

        Assert.Equal("/experiments/1/arms", fault?.Path);
        Assert.Null(ExperimentRules.Check(AssignmentTests.Book(
            WithDiversity("a", share: 0), WithDiversity("b", share: 50))));
    }

    [Fact]
    public void No_more_run_at_a_time_than_an_id_carries()
    {
        var running = Enumerable.Range(0, 9).Select(i => AssignmentTests.Of($"e{i}", 50)).ToArray();

        Assert.Equal("/experiments", ExperimentRules.Check(AssignmentTests.Book(running))?.Path);
        Assert.Null(ExperimentRules.Check(AssignmentTests.Book([.. running[..8],
            AssignmentTests.Of("over", 0)])));
    }

    [Theory]
    [InlineData(RecommendationSource.Other)]
    [InlineData(RecommendationSource.Graph)]
    [InlineData(RecommendationSource.Blend)]
    [InlineData(RecommendationSource.Exploration)]
    [InlineData(RecommendationSource.Pinned)]
    public void A_source_that_proposes_nothing_has_no_weight(RecommendationSource source)
    {
        var fault = ExperimentRules.Check(WithWeight(source));

        Assert.Equal("/experiments/0/arms/0/overrides/sourceWeights/" +
            RecommendationSourceNames.Of(source), fault?.Path);
        Assert.Contains("sequentialRules", fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_source_that_proposes_something_has_a_weight()
    {
        await using var shop = await ServingRig.StartAsync();

        Assert.Equal(
            Enum.GetValues<RecommendationSource>().Where(RecommendationSources.HasProposer),
            shop.Recommender.Sources.Order());
        Assert.All(shop.Recommender.Sources,
            source => Assert.Null(ExperimentRules.Check(WithWeight(source))));
    }

    [Fact]
    public void A_name_is_there_once()
    {
        Assert.Equal("/experiments/1/name", ExperimentRules.Check(AssignmentTests.Book(
            AssignmentTests.Of("e", 1), AssignmentTests.Of("e", 2)))?.Path);
        Assert.Equal("/experiments/0/arms/1/name", ExperimentRules.Check(AssignmentTests.Book(
            new Experiment("e", [new("x", 1), new("x", 2)])))?.Path);
    }

    private static ExperimentBook WithWeight(RecommendationSource source) =>
        AssignmentTests.Book(new Experiment("e", [new("a", 50)
        {
            Overrides = new()
            {
                SourceWeights = new Dictionary<RecommendationSource, double> { [source] = 1 },
            },
        }]));

    private static Experiment WithDiversity(string name, double share) => new(name,
        [new("control", share), new("more", share) { Overrides = new() { Diversity = 0.5 } }]);
}
