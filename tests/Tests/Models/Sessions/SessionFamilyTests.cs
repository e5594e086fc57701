using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Sessions;
using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Sessions;

public sealed class SessionFamilyTests
{
    public static TheoryData<string> Names => [.. SessionFamilies.All.Select(f => f.Name)];

    [Theory, MemberData(nameof(Names))]
    public void It_finds_what_goes_together(string name)
    {
        var ranker = Train(name, Trios());
        var scores = new float[ranker.ItemCount];

        foreach (var trio in new[] { 0, 1, 4 })
        {
            ranker.Score(new[] { 3 * trio, (3 * trio) + 1 }.AsHistory(), scores);
            var others = scores.Where((_, item) => item / 3 != trio);
            Assert.True(scores[(3 * trio) + 2] > others.Max());
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_score_is_finite_and_the_same_each_time(string name)
    {
        var ranker = Train(name, RandomSessions.Of(5, 200));
        int[][] histories = [[], [3], [3, 3, 3], [900, -1], [.. Enumerable.Range(0, 100)]];
        foreach (var history in histories)
        {
            var (first, second) = (new float[ranker.ItemCount], new float[ranker.ItemCount]);
            Array.Fill(second, float.NaN);
            ranker.Score(history.AsHistory(), first);
            ranker.Score(history.AsHistory(), second);

            Assert.All(first, score => Assert.True(float.IsFinite(score)));
            Assert.Equal(first, second);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Nothing_is_learnt_from_nothing(string name)
    {
        var ranker = Train(name, []);
        var scores = new float[ranker.ItemCount];

        ranker.Score(new[] { 1, 2 }.AsHistory(), scores);

        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
    }

    // Items 0, 1, 2 are seen together in this order, and so are 3, 4, 5 …; mostly.
    private static int[][] Trios() => [.. Enumerable.Range(0, 200).Select(number =>
    {
        var first = 3 * (number % 5);
        return number % 7 == 0
            ? new[] { first, (first + 4) % 15 } : [first, first + 1, first + 2];
    })];

    private static IRanker Train(string name, int[][] sessions)
    {
        var family = SessionFamilies.All.Single(f => f.Name == name);
        return family.Train(
            Histories.Of(sessions.Select(s => (IReadOnlyList<HistoryEntry>)s.AsHistory()), 15),
            new ParameterSet(family.Parameters), new TrainingContext(), CancellationToken.None);
    }
}
