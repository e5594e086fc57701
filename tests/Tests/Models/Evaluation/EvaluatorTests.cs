using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Models.Evaluation;

/// <summary>All figures are computed by hand.</summary>
public sealed class EvaluatorTests
{
    /// <summary>Ten items; 9 is the best, then 8, and so on.</summary>
    private static readonly FixedRanker Descending =
        new([.. Enumerable.Range(0, 10).Select(i => (float)i)]);

    [Fact]
    public void Two_of_three_targets_on_places_1_and_3_of_4()
    {
        // Places 1 … 4 hold 9, 8, 7, 6; item 0 is not among them.
        var metrics = Measure(4, Case([9, 7, 0]));

        var gain = 1 + 1 / Math.Log2(4);
        var best = 1 + 1 / Math.Log2(3) + 1 / Math.Log2(4);
        Assert.Equal(2 / 3.0, metrics.Recall, 1e-12);
        Assert.Equal(gain / best, metrics.Ndcg, 1e-12);
        Assert.Equal(1, metrics.HitRate);
        Assert.Equal(1, metrics.Mrr);
        Assert.Equal((1 + 2 / 3.0) / 3, metrics.Map, 1e-12);
    }

    [Fact]
    public void The_best_list_is_no_longer_than_the_answer()
    {
        var metrics = Measure(2, Case([9, 8, 7, 6, 5]));

        Assert.Equal(2 / 5.0, metrics.Recall, 1e-12);
        Assert.Equal(1, metrics.Ndcg, 1e-12);
        Assert.Equal(1, metrics.Map, 1e-12);
    }

    [Fact]
    public void What_is_left_out_makes_room_for_the_next()
    {
        // 9 and 8 are left out: the answer is 7, 6, and 6 stands on place 2.
        var metrics = Measure(2, Case([6], leftOut: [8, 9]));

        Assert.Equal(1, metrics.Recall);
        Assert.Equal(0.5, metrics.Mrr);
        Assert.Equal(1 / Math.Log2(3), metrics.Ndcg, 1e-12);
    }

    [Fact]
    public void A_target_that_is_left_out_is_missed() =>
        Assert.Equal(0, Measure(5, Case([9], leftOut: [9])).HitRate);

    [Fact]
    public void Items_that_nothing_is_known_of_fill_no_place()
    {
        var split = new EvaluationSplit(
            new TopNProtocol(3), Histories.Of([], 4), [Case([0]), Case([2])]);

        var metrics = Evaluator.Evaluate(new FixedRanker(0, 0, 5, 0), split);

        Assert.Equal(0.5, metrics.HitRate);
        Assert.Equal(0.25, metrics.Coverage);
    }

    [Fact]
    public void Figures_are_means_over_the_questions()
    {
        // Found on place 1, on place 2, not at all.
        var metrics = Measure(2, Case([9]), Case([8]), Case([0]));

        Assert.Equal(3, metrics.CaseCount);
        Assert.Equal(2 / 3.0, metrics.HitRate, 1e-12);
        Assert.Equal(0.5, metrics.Mrr, 1e-12);
        Assert.Equal((1 + 1 / Math.Log2(3)) / 3, metrics.Ndcg, 1e-12);
    }

    [Fact]
    public void The_same_two_items_for_all_cover_a_fifth_of_ten()
    {
        var metrics = Measure(2, Case([9]), Case([8]), Case([7]));

        Assert.Equal(0.2, metrics.Coverage, 1e-12);
        // Two of ten have half of the places each: Σ |x − y| / (2 n² mean) = 0.8.
        Assert.Equal(0.8, metrics.Gini, 1e-12);
    }

    [Fact]
    public void The_head_is_the_tenth_that_is_most_frequent_in_training()
    {
        // Item 8 is the most frequent, and gets one of two places.
        var train = Histories.Of([[new(8), new(8), new(8)], [new(9)]], itemCount: 10);
        var split = new EvaluationSplit(new TopNProtocol(2), train, [Case([9])]);

        Assert.Equal(0.5, Evaluator.Evaluate(Descending, split).HeadShare, 1e-12);
    }

    [Fact]
    public void Without_questions_all_is_zero()
    {
        var metrics = Measure(2);

        Assert.Equal(new RankingMetrics(0, 2, 0, 0, 0, 0, 0, 0, 0, 0), metrics);
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        var random = new Random(1);
        TestCase[] cases = [.. Enumerable.Range(0, 500).Select(_ => Case([random.Next(10)]))];

        Assert.Equal(Measure(3, 1, cases), Measure(3, 4, cases));
    }

    [Fact]
    public void A_ranker_of_other_items_is_refused()
    {
        var split = new EvaluationSplit(new TopNProtocol(2), Histories.Of([], 3), []);

        Assert.Throws<ArgumentException>(() => Evaluator.Evaluate(Descending, split));
    }

    [Theory]
    [InlineData("recall")]
    [InlineData("ndcg")]
    [InlineData("mrr")]
    public void A_metric_is_found_by_its_name(string name) =>
        Assert.Equal(1, Measure(1, Case([9]))[name]);

    [Fact]
    public void An_unknown_metric_is_refused() =>
        Assert.Throws<ArgumentException>(() => Measure(1)["charm"]);

    private static TestCase Case(int[] targets, int[]? leftOut = null) =>
        new(default, targets.Order().ToArray(), leftOut ?? []);

    private static RankingMetrics Measure(int listLength, params TestCase[] cases) =>
        Measure(listLength, 1, cases);

    private static RankingMetrics Measure(int listLength, int threads, TestCase[] cases) =>
        Evaluator.Evaluate(Descending,
            new(new TopNProtocol(listLength), Histories.Of([], 10), cases), threads,
            TestContext.Current.CancellationToken);
}
