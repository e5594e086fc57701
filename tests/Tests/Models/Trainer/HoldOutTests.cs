using FsCheck.Xunit;
using StreamCommerce.Ingest.Events;
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

        var holdOut = HoldOut.From(data, 20);

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
            HoldOut.From(data, 20).Questions(TrainingPlan.UsualWeights).Cases);

        Assert.Equal([1], question.Targets.ToArray());
    }

    [Fact]
    public void A_user_of_whom_nothing_is_known_is_no_question()
    {
        var data = new TrainingData(
            [TrainingSamples.Views((0, 30)), TrainingSamples.Views((1, 10), (2, 30))], Items);

        Assert.Single(HoldOut.From(data, 20).Questions(TrainingPlan.UsualWeights).Cases);
    }

    [Property(MaxTest = 100)]
    public void Nothing_that_is_learnt_from_is_later_than_anything_that_is_asked_for(int seed)
    {
        var random = new Random(seed);
        var users = Enumerable.Range(0, 10).Select(_ => TrainingSamples.Views(
            [.. Enumerable.Range(0, random.Next(1, 9))
                .Select(_ => (random.Next(4), (double)random.Next(1, 1_000)))
                .OrderBy(view => view.Item2)])).ToArray();

        var holdOut = HoldOut.OfLast(new TrainingData(users, Items), 0.3);

        for (var user = 0; user < users.Length; user++)
        {
            Assert.All(holdOut.Train[user].ToArray(), view => Assert.True(view.Time < holdOut.At));
            Assert.All(holdOut.Test[user].ToArray(), view => Assert.True(view.Time >= holdOut.At));
        }
    }

    [Fact]
    public void Without_times_there_is_no_hold_out() => Assert.Throws<InvalidDataException>(
        () => HoldOut.OfLast(new TrainingData([TrainingSamples.Views((0, 0))], Items), 0.1));

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
}
