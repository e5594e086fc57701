using FsCheck.Xunit;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Trainer;
using Xunit;

namespace StreamCommerce.Tests.Models.Trainer;

public sealed class HoldOutTests
{
    private static readonly string[] Items = ["a", "b", "c", "d"];

    [Fact]
    public void What_came_before_is_learnt_from_and_what_came_after_is_asked_for()
    {
        var data = new TrainingData(
            [TrainingSamples.Views((0, 10), (1, 20), (2, 30)), TrainingSamples.Views((3, 15))],
            Items);

        var holdOut = Cut(data, 20);

        Assert.Equal([0], holdOut.Train[0].ToArray().Select(view => view.Item));
        Assert.Equal([1, 2], holdOut.Test[0].ToArray().Select(view => view.Item));
        Assert.True(holdOut.Test[1].IsEmpty);
        Assert.Equal(1, holdOut.QuestionCount);
    }

    [Fact]
    public void What_a_user_had_before_is_not_asked_for()
    {
        var data = new TrainingData([TrainingSamples.Views((0, 10), (0, 30), (1, 30))], Items);

        var question = Assert.Single(
            Cut(data, 20).Questions(TrainingPlan.UsualWeights).Cases);

        Assert.Equal([1], question.Targets.ToArray());
    }

    [Fact]
    public void A_user_of_whom_nothing_is_known_is_no_question()
    {
        var data = new TrainingData(
            [TrainingSamples.Views((0, 30)), TrainingSamples.Views((1, 10), (2, 30))], Items);

        Assert.Single(Cut(data, 20).Questions(TrainingPlan.UsualWeights).Cases);
    }

    [Property(MaxTest = 100)]
    public void Nothing_that_is_learnt_from_is_later_than_anything_that_is_asked_for(int seed)
    {
        var random = new Random(seed);
        var users = Enumerable.Range(0, 10).Select(_ => TrainingSamples.Views(
            [.. Enumerable.Range(0, random.Next(1, 9))
                .Select(_ => (random.Next(4), (double)random.Next(1, 1_000)))
                .OrderBy(view => view.Item2)]))
            // One who can be asked in any case.
            .Append(TrainingSamples.Views((0, 0.5), (1, 2_000))).ToArray();

        var holdOut = (VisitorHoldOut)HoldOut.OfLast(
            new TrainingData(users, Items), 0.3, new TopNProtocol());

        for (var user = 0; user < users.Length; user++)
        {
            Assert.All(holdOut.Train[user].ToArray(), view => Assert.True(view.Time < holdOut.At));
            Assert.All(holdOut.Test[user].ToArray(), view => Assert.True(view.Time >= holdOut.At));
        }
    }

    [Fact]
    public void Without_times_there_is_no_hold_out() => Assert.Throws<InvalidDataException>(
        () => Cut(new TrainingData([TrainingSamples.Views((0, 0))], Items), 0.1));

    [Fact]
    public void Where_nothing_is_left_to_learn_from_it_is_told()
    {
        var data = new TrainingData([TrainingSamples.Views((0, 10), (1, 10))], Items);

        var fault = Assert.Throws<InvalidDataException>(
            () => HoldOut.OfLast(data, 0.1, new TopNProtocol()));

        Assert.Contains("Nothing is left to learn from", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TopNProtocol.ProtocolName)]
    [InlineData(NextItemProtocol.ProtocolName)]
    public void Where_nobody_known_does_anything_new_it_is_told(string protocol)
    {
        var data = new TrainingData(
            [TrainingSamples.Views((0, 10)), TrainingSamples.Views((1, 30))], Items);

        var fault = Assert.Throws<InvalidDataException>(
            () => HoldOut.From(data, 20, EvaluationProtocol.Named(protocol)!));

        Assert.Contains("There is nothing to ask", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaving_one_out_asks_nothing_by_time() => Assert.Throws<ArgumentException>(() =>
        HoldOut.From(new TrainingData([TrainingSamples.Views((0, 10), (1, 30))], Items), 20,
            new LeaveOneOutProtocol()));

    [Fact]
    public void All_models_are_asked_the_same_however_fast_they_forget()
    {
        var data = new TrainingData(
            [TrainingSamples.Views((0, 10), (1, 90_000_000))], Items);
        var holdOut = Cut(data, 80_000_000);

        var forgetful = holdOut.Questions(TrainingPlan.UsualWeights with { HalfLifeDays = 1 });

        Assert.True(Assert.Single(forgetful.Cases).History.IsEmpty);
        Assert.Single(holdOut.Questions(TrainingPlan.UsualWeights).Cases);
        Assert.Equal([0], forgetful.Cases[0].LeftOut.ToArray());
    }

    [Fact]
    public void A_purchase_weighs_more_than_a_view_and_age_takes_from_both()
    {
        var data = TrainingSamples.Data(
        [
            TrainingSamples.Event("ann", 0, EventName.ViewItem, "a"),
            TrainingSamples.Event("ann", 1, EventName.Purchase, "b"),
        ]);
        var weights = TrainingPlan.UsualWeights with { HalfLifeDays = 1 };

        var histories = data.Weigh(
            weights, TrainingSamples.Start.AddDays(1).ToUnixTimeSeconds());

        Assert.Equal(0.5f, histories[0][0].Weight, 3);
        Assert.Equal(2f, histories[0][1].Weight, 2);
    }

    private static VisitorHoldOut Cut(TrainingData data, double at) =>
        (VisitorHoldOut)HoldOut.From(data, at, new TopNProtocol());
}
