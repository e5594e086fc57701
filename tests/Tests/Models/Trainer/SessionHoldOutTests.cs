using FsCheck.Xunit;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Trainer;
using Xunit;

namespace StreamCommerce.Tests.Models.Trainer;

public sealed class SessionHoldOutTests
{
    private static readonly string[] Items = ["a", "b", "c", "d"];

    [Fact]
    public void Every_later_click_is_asked_for_by_those_before_it_in_its_session()
    {
        var holdOut = Cut(20,
            [(0, 10), (1, 11)], [(1, 30), (2, 31), (3, 32)]);

        var questions = holdOut.Questions(TrainingPlan.UsualWeights);

        Assert.Equal(2, holdOut.QuestionCount);
        Assert.Equal([[1], [1, 2]], questions.Cases.Select(ItemsOf));
        Assert.Equal([2, 3], questions.Cases.Select(question => question.Targets.Span[0]));
    }

    [Fact]
    public void A_session_under_way_is_learnt_from_as_far_as_it_had_come()
    {
        var holdOut = Cut(20, [(0, 10), (1, 15), (2, 25)]);

        Assert.Equal([0, 1], holdOut.Train[0].ToArray().Select(click => click.Item));
        var question = Assert.Single(holdOut.Questions(TrainingPlan.UsualWeights).Cases);
        Assert.Equal([0, 1], ItemsOf(question));
        Assert.Equal([2], question.Targets.ToArray());
    }

    [Fact]
    public void What_is_on_the_screen_is_no_answer()
    {
        var question = Assert.Single(Cut(20, [(0, 10), (1, 11)], [(1, 30), (2, 31)])
            .Questions(TrainingPlan.UsualWeights).Cases);

        Assert.Equal([1], question.LeftOut.ToArray());
    }

    [Fact]
    public void The_clicks_of_a_kind_that_weighs_nothing_are_asked_for_all_the_same()
    {
        var question = Assert.Single(Cut(20, [(0, 10), (1, 11)], [(1, 30), (2, 31)])
            .Questions(TrainingPlan.UsualWeights with { ViewWeight = 0 }).Cases);

        Assert.True(question.History.IsEmpty);
        Assert.Equal([2], question.Targets.ToArray());
    }

    [Property(MaxTest = 100)]
    public void Sessions_are_learnt_in_the_order_in_which_they_ended_before_the_cut(int seed)
    {
        var random = new Random(seed);
        var sessions = Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, random.Next(1, 6))
            .Select(i => (i % 4, (double)random.Next(1, 1_000))).OrderBy(click => click.Item2)
            .ToArray())
            // Something to learn and something to ask in any case.
            .Append([(0, 0.5), (1, 2_000)]).OrderBy(session => session[^1].Item2).ToArray();

        var holdOut = Cut(500, sessions);

        var ends = Enumerable.Range(0, holdOut.Train.UserCount)
            .Select(session => holdOut.Train[session][^1].Time).ToArray();
        Assert.Equal(ends.Order(), ends);
        Assert.All(ends, end => Assert.True(end < 500));
        Assert.Equal(holdOut.QuestionCount,
            holdOut.Questions(TrainingPlan.UsualWeights).Cases.Count);
    }

    [Fact]
    public void Validation_questions_are_of_sessions_too()
    {
        var events = Enumerable.Range(0, 40).SelectMany(session => Enumerable.Range(0, 3)
            .Select(i => TrainingSamples.Event(
                $"v{session}", (session * 60) + i, EventName.ViewItem, $"s{(session + i) % 5}")));
        var collector = new InteractionCollector();
        foreach (var e in events) collector.Add(e);
        var set = TrainingSet.Of(HoldOut.OfLast(
            collector.BuildSessions(), 0.2, new NextItemProtocol()), 0.2);

        var validation = set.Validation(TrainingPlan.UsualWeights, seed: 1);

        Assert.IsType<NextItemProtocol>(validation.Protocol);
        Assert.All(validation.Cases, question => Assert.InRange(question.History.Length, 1, 2));
    }

    private static SessionHoldOut Cut(double at, params (int Item, double Time)[][] sessions) =>
        (SessionHoldOut)HoldOut.From(
            new TrainingData([.. sessions.Select(TrainingSamples.Views)], Items), at,
            new NextItemProtocol());

    private static int[] ItemsOf(TestCase question) =>
        [.. question.History.ToArray().Select(entry => entry.Item)];
}
