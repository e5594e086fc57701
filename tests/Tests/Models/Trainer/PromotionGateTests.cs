using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Models.Trainer;

public sealed class PromotionGateTests
{
    [Fact]
    public void What_is_worse_is_refused_with_by_which_metric_and_how_much()
    {
        var answer = PromotionGate.Judge(Reached(0.18), Reached(0.2));

        Assert.False(answer.IsAllowed);
        Assert.Equal("It is worse by 10.0 %: ndcg@20 0.1800 against 0.2000 of the current model, " +
            "on the same 100 questions.", answer.Reason);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.3)]
    [InlineData(0.0)]
    public void What_is_as_good_or_better_may_pass(double current) =>
        Assert.True(PromotionGate.Judge(Reached(0.3), Reached(current)).IsAllowed);

    [Fact]
    public void A_handful_of_questions_decides_nothing()
    {
        var answer = PromotionGate.Judge(Reached(0.9, questions: 49), Reached(0.1, questions: 49));

        Assert.False(answer.IsAllowed);
        Assert.Contains("only 49 questions", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hold_out_begins_behind_the_data_of_both()
    {
        var early = SampleModels.Of("a").Manifest;
        var late = early with { DataUntil = early.DataUntil + TimeSpan.FromDays(1) };
        var last = (late.DataUntil!.Value - DateTimeOffset.UnixEpoch).TotalSeconds;

        Assert.InRange(PromotionGate.FirstUnseen(early, late)!.Value, last, last + 0.01);
        Assert.Equal(
            PromotionGate.FirstUnseen(early, late), PromotionGate.FirstUnseen(late, early));
        Assert.Null(PromotionGate.FirstUnseen(early with { DataUntil = null }, late));
    }

    [Fact]
    public void A_split_is_fair_to_those_who_learnt_from_its_training_part()
    {
        var one = SampleModels.Of("one").Manifest;
        var other = SampleModels.Of("other").Manifest with { DataHash = "ee11" };

        Assert.Null(PromotionGate.Unfair(one, one, one.DataHash));
        Assert.StartsWith("other learnt from other data",
            PromotionGate.Unfair(one, other, one.DataHash), StringComparison.Ordinal);
        Assert.StartsWith("one and other learnt from other data",
            PromotionGate.Unfair(one, other, "0"), StringComparison.Ordinal);
    }

    private static RankingMetrics Reached(double ndcg, int questions = 100) =>
        new(questions, 20, 0.1, ndcg, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
}
