using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Models.Blending;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Linear;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Blending;

public sealed class SelfTuningTests
{
    private static readonly RankerFamily[] Families =
        [Popularity.Family, Transitions.Family, CoOccurrence.Family];

    private static readonly TuningOptions Options = new() { TrialLimit = 6 };

    [Theory]
    [InlineData("top-n")]
    [InlineData("next-item")]
    [InlineData("leave-one-out")]
    public void A_blend_is_no_worse_than_each_of_its_rankers_on_validation_data(string name)
    {
        var protocol = EvaluationProtocol.Named(name)!;
        var selection = Select(protocol, Options, out var trials);

        Assert.NotEmpty(selection.Rankers);
        Assert.Equal(trials.Count, selection.TrialCount);
        Assert.True(selection.Objective >= trials.Max(trial => trial.Objective) - 1e-9);
    }

    [Fact]
    public void What_follows_from_the_order_is_found_by_who_sees_the_order()
    {
        var selection = Select(new NextItemProtocol(3), Options, out _);

        Assert.Equal("transitions", selection.Rankers.MaxBy(ranker => ranker.Weight)!.Family);
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        var protocol = new LeaveOneOutProtocol(5);

        Assert.Equal(Text(Select(protocol, Options, out _)),
            Text(Select(protocol, Options with { ThreadCount = 3 }, out _)));
    }

    [Fact]
    public void What_was_selected_is_trained_on_all_data()
    {
        var selection = Select(new NextItemProtocol(3), Options, out _);

        var ranker = selection.Train(Families, Loops(200), new(), Token);

        var scores = new float[ranker.ItemCount];
        ranker.Score([new(4)], scores);
        var top = new RankedItem[1];
        TopItems.Select(scores, top);
        Assert.Equal(5, top[0].Item);
    }

    [Fact]
    public void A_family_that_is_not_there_is_named()
    {
        var selection = new BlendSelection(
            [new("oracle", new Dictionary<string, double>(), 1, ScoreScale.Range)], 0, 0);

        var error = Assert.Throws<ArgumentException>(() =>
            selection.Train(Families, Loops(3), new(), Token));
        Assert.Contains("oracle", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_without_a_question_is_refused() => Assert.Throws<ArgumentException>(() =>
        new SelfTuning(Families, Options, new FakeTimeProvider()).Select(
            new LeaveOneOutProtocol(), Histories.Of([[new(1)]], 3), null, Token));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static BlendSelection Select(
        EvaluationProtocol protocol, TuningOptions options, out List<Trial> trials)
    {
        var all = new List<Trial>();
        trials = all;
        return new SelfTuning(Families, options, new FakeTimeProvider()).Select(
            protocol, Loops(200), new Listener(all.Add), Token);
    }

    private static string Text(BlendSelection selection) =>
        string.Join("; ", selection.Rankers.Select(r =>
            $"{r.Family} {r.Weight} {r.Scale} {string.Join(' ', r.Parameters)}"));

    /// <summary>Sessions that go round a circle of 30 items, with a jump now and then.</summary>
    private static Histories Loops(int sessions)
    {
        var random = new Random(3);
        return Histories.Of(Enumerable.Range(0, sessions).Select(_ =>
        {
            var at = random.Next(30);
            return Enumerable.Range(0, 3 + random.Next(6)).Select(_ => new HistoryEntry(
                at = (at + (random.Next(4) == 0 ? random.Next(30) : 1)) % 30)).ToArray();
        }), 30);
    }

    private sealed class Listener(Action<Trial> listen) : IProgress<Trial>
    {
        public void Report(Trial value) => listen(value);
    }
}
