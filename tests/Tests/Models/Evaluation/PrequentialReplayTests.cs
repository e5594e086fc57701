using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Models.Evaluation;

public sealed class PrequentialReplayTests
{
    private const double Day = 86_400;

    [Fact]
    public void A_click_is_foreseen_before_it_is_learnt()
    {
        var days = Replay([(0, [1, 2])]);

        Assert.Equal((1, 0.0, 0.0), (days[0].Clicks, days[0].LearningHitRate, days[0].LearningMrr));
    }

    [Fact]
    public void What_was_seen_an_hour_ago_is_known_to_the_model_that_learns_alone()
    {
        var days = Replay([(0, [1, 2]), (3600, [1, 2])]);

        Assert.Equal(0.5, days[0].LearningHitRate);
        Assert.Equal(0, days[0].FrozenHitRate);
    }

    [Fact]
    public void What_was_seen_the_day_before_is_known_to_both()
    {
        var days = Replay([(0, [1, 2]), (Day, [1, 2])]);

        Assert.Equal((1, 1.0, 1.0),
            (days[1].Clicks, days[1].LearningHitRate, days[1].FrozenHitRate));
    }

    [Fact]
    public void A_click_of_the_same_session_counts_at_once()
    {
        // 2 after 1 is learnt from the session itself, which has not ended.
        var days = Replay([(0, [1, 2, 1, 2])]);

        Assert.Equal(3, days[0].Clicks);
        Assert.True(days[0].LearningHitRate > 0.6);
    }

    [Fact]
    public void Means_are_over_clicks_not_over_days()
    {
        var mean = PrequentialDay.MeanOf(
        [
            new(new(2026, 3, 1), 10, 0.5, 0.2, 0.4, 0.1),
            new(new(2026, 3, 2), 30, 0.9, 0.6, 0.8, 0.5),
        ]);

        Assert.Equal(40, mean.Clicks);
        Assert.Equal(0.8, mean.LearningHitRate, 1e-9);
        Assert.Equal(0.4, mean.FrozenMrr, 1e-9);
    }

    private static IReadOnlyList<PrequentialDay> Replay((double Start, int[] Items)[] sessions) =>
        new PrequentialReplay(20, TimeSpan.FromMinutes(30)).Run(Histories.Of(
            sessions.Select(session => (IReadOnlyList<HistoryEntry>)[.. session.Items.Select(
                (item, i) => new HistoryEntry(item, Time: session.Start + (10 * i)))]), 5));
}
