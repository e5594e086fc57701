using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Linear;
using StreamCommerce.Models.Tuning;
using StreamCommerce.Tests.Ingest.Datasets;
using Xunit;

namespace StreamCommerce.Tests.Models.Evaluation;

/// <summary>
/// Two simple methods on a public split give what others have computed from the same files, so
/// files, protocol and metrics are read as everybody else reads them.
/// </summary>
public sealed class PublishedSplitTests
{
    /// <summary>Rules of equal weight may stand in another order.</summary>
    private const double Tolerance = 0.001;

    [Theory]
    [InlineData(1, 0.6471, 0.2973)]
    [InlineData(10, 0.6702, 0.3014)]
    public void A_markov_chain_and_sequential_rules_reach_their_figures_on_yoochoose(
        int steps, double hitRate, double mrr)
    {
        var (split, _) = SplitFiles.Read(new NextItemProtocol(),
            DatasetFiles.Shared("sessions/yoochoose1_64_train.txt.gz"),
            DatasetFiles.Shared("sessions/yoochoose1_64_test.txt.gz"));
        var family = Transitions.Family;
        var parameters = new ParameterSet(family.Parameters).With("steps", steps)
            .With("neighbours", 20);
        var ct = TestContext.Current.CancellationToken;

        var metrics = Evaluator.Evaluate(
            family.Train(split.Train, parameters, new(ThreadCount: 2), ct), split, 2, ct);

        Assert.Equal(55_898, metrics.CaseCount);
        Assert.Equal(hitRate, metrics.HitRate, Tolerance);
        Assert.Equal(mrr, metrics.Mrr, Tolerance);
    }

    [Fact]
    public void Gowalla_is_read_whole()
    {
        var (split, items) = SplitFiles.Read(new TopNProtocol(),
            DatasetFiles.Shared("gowalla/train.txt.gz"),
            DatasetFiles.Shared("gowalla/test.txt.gz"));

        Assert.Equal((29_858, 40_981, 810_128),
            (split.Train.UserCount, items.Count, split.Train.EntryCount));
        Assert.Equal(217_242, split.Cases.Sum(question => question.Targets.Length));
    }
}
