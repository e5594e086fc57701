using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Linear;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Retrieval;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Models.Trainer;

public sealed class ModelTrainingTests
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 8, 30, 0, TimeSpan.Zero);
    private static readonly TrainingContext Context = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ials", 40)]
    [InlineData("co-occurrence", 40)]
    [InlineData("transitions", 40)]
    [InlineData("neighbourhood-ridge", 40)]
    // An item goes with more than a model keeps.
    [InlineData("co-occurrence", 240)]
    [InlineData("transitions", 240)]
    [InlineData("neighbourhood-ridge", 240)]
    public void The_manifest_tells_what_is_published_and_that_is_nearly_what_was_trained(
        string name, int items)
    {
        var set = Set(items);
        var plan = PlanOf(name);
        var questions = set.Questions(plan.Weights);
        var ranker = ModelTraining.Train(plan, questions.Train, Context, Ct);
        var trained = Evaluator.Evaluate(ranker, questions, cancellationToken: Ct);
        using var directory = new TemporaryDirectory();
        ModelFile.Write(directory.In("m"), Measured(plan, set));

        using var opened = ModelFile.Open(directory.In("m"));
        var measured = Evaluator.Evaluate(
            new ModelRanker(opened.Model, set.Train.Items), questions, cancellationToken: Ct);

        Assert.Equal(measured.Named, opened.Model.Manifest.Metrics);
        Assert.Equal("top-n", opened.Model.Manifest.Protocol);
        Assert.Equal(trained.Ndcg, measured.Ndcg, 0.05);
        // Chance would reach a quarter: half of the catalogue is of the wrong taste.
        if (items == 40) Assert.True(trained.Ndcg > 0.5, $"{trained.Ndcg}");
    }

    [Fact]
    public void A_model_is_asked_with_the_decay_that_it_was_trained_for()
    {
        var plan = PlanOf("co-occurrence");
        plan = plan with { Parameters = plan.Parameters.With("historyDecay", 0) };
        var set = Set();
        var ranker = new ModelRanker(Measured(plan, set), set.Train.Items);
        var (one, both) = (new float[ranker.ItemCount], new float[ranker.ItemCount]);

        ranker.Score([new(2)], one);
        ranker.Score([new(1), new(2)], both);

        Assert.Equal(one, both);
    }

    [Fact]
    public void A_model_of_all_data_carries_the_figures_of_the_one_before_and_says_so()
    {
        var set = Set();
        var plan = PlanOf("co-occurrence");
        var measured = Measured(plan, set).Manifest;
        var until = set.All!.Range()!.Value.Until;
        var histories = set.All.Weigh(plan.Weights, until.ToUnixTimeSeconds());

        var final = ModelTraining.ToModel(plan,
            ModelTraining.Train(plan, histories, Context, Ct), set.All, histories, Context, Now, Ct)
            .WithMetricsOf(measured).Manifest;

        Assert.Equal(measured.Metrics, final.Metrics);
        Assert.Equal(measured.DataUntil, final.MeasuredUntil);
        Assert.Equal((until, set.All.Hash()), (final.DataUntil, final.DataHash));
        Assert.True(final.DataUntil > final.MeasuredUntil);
        Assert.Null(measured.MeasuredUntil);
    }

    [Fact]
    public void The_event_weights_are_those_that_the_model_folds_in_with()
    {
        var weights = TrainingPlan.UsualWeights with { CartWeight = 3, HalfLifeDays = 10 };

        var model = Measured(PlanOf(FactorizationFamily.Name) with { Weights = weights }, Set());

        Assert.Equal((1, 3, 4, 10), (model.FoldIn.ViewWeight, model.FoldIn.CartWeight,
            model.FoldIn.PurchaseWeight, model.FoldIn.HalfLifeDays));
    }

    [Fact]
    public void The_manifest_tells_where_a_model_comes_from()
    {
        var set = Set();
        var manifest = Train(set).Manifest;

        Assert.Equal("ials", manifest.Trainer);
        Assert.StartsWith("20260401T083000Z-ials-", manifest.Id, StringComparison.Ordinal);
        Assert.Equal(set.Train.Hash(), manifest.DataHash);
        Assert.Equal(set.Train.Range()!.Value.Until, manifest.DataUntil);
        Assert.Equal(set.Train.InteractionCount, manifest.InteractionCount);
        Assert.Equal(8, manifest.Parameters["dimensions"]);
        Assert.Contains("ndcg@20", manifest.Metrics.Keys);
    }

    [Fact]
    public void A_model_has_neighbours_of_its_own_taste()
    {
        var model = Train(Set());
        var neighbours = model.Neighbours;

        for (var item = 0; item < model.Items.Count; item++)
        {
            var own = neighbours.Items.Span[
                neighbours.Starts.Span[item]..neighbours.Starts.Span[item + 1]];
            Assert.False(own.IsEmpty);
            foreach (var neighbour in own) Assert.Equal(item % 2, neighbour % 2);
        }
    }

    [Fact]
    public void The_same_data_and_seed_give_the_same_numbers()
    {
        var (one, other) = (Train(Set()), Train(Set()));

        Assert.Equal(one.ItemFactors.ToArray(), other.ItemFactors.ToArray());
        Assert.Equal(one.Neighbours.Weights.ToArray(), other.Neighbours.Weights.ToArray());
        Assert.Equal(one.Manifest.Id, other.Manifest.Id);
    }

    [Fact]
    public void A_model_with_factors_carries_its_index()
    {
        var plan = PlanOf(FactorizationFamily.Name);
        var set = Set();
        var questions = set.Questions(plan.Weights);
        var ranker = ModelTraining.Train(plan, questions.Train, Context, Ct);
        var model = Train(set);
        using var directory = new TemporaryDirectory();
        ModelFile.Write(directory.In("m"), model, ModelIndex.SectionsOf(ranker, Context, Ct));

        using var opened = ModelFile.Open(directory.In("m"));

        Assert.True(ItemIndexSections.TryRead(
            opened, new(opened.Model.ItemFactors, opened.Model.Dimensions), out _));
    }

    [Fact]
    public void What_a_model_file_cannot_hold_is_refused_by_name_and_before_it_is_trained()
    {
        var plan = PlanOf(Popularity.Family.Name);
        var set = Set();
        var questions = set.Questions(plan.Weights);
        var ranker = ModelTraining.Train(plan, questions.Train, Context, Ct);

        var refused = Assert.Throws<InvalidDataException>(() => ModelTraining.ToModel(
            plan, ranker, set.Train, questions.Train, Context, Now, Ct));

        Assert.Contains("'popularity'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Message, ModelTraining.Refusal(plan.Family));
    }

    [Fact]
    public void A_family_says_truly_whether_it_can_be_published()
    {
        var set = Set();
        foreach (var family in new TrainerFamilies([]).All)
        {
            var plan = PlanOf(family.Name);
            var histories = set.Questions(plan.Weights).Train;
            var ranker = ModelTraining.Train(plan, histories, Context, Ct);

            var fault = Record.Exception(() => ModelTraining.ToModel(
                plan, ranker, set.Train, histories, Context, Now, Ct));

            Assert.Equal(family.IsPublishable, fault is null);
        }
    }

    [Fact]
    public void An_item_that_the_model_does_not_know_gets_the_lowest_score()
    {
        var set = Set();
        var ranker = new ModelRanker(Train(set), [.. set.Train.Items, "new"]);
        var scores = new float[ranker.ItemCount];

        ranker.Score([new(0), new(ranker.ItemCount - 1)], scores);

        Assert.Equal(scores.Min(), scores[^1]);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
    }

    private static TrainingSet Set(int items = 40) => TrainingSet.Of(
        HoldOut.OfLast(TrainingSamples.Data(TrainingSamples.TwoTastes(seed: 1, items: items)),
            0.2, new TopNProtocol()), 0.2);

    private static TrainingPlan PlanOf(string name)
    {
        var family = new TrainerFamilies([]).Find(name)!;
        var parameters = new ParameterSet(family.Parameters);
        if (name == FactorizationFamily.Name) parameters = parameters.With("dimensions", 8);
        return new(family, parameters, TrainingPlan.UsualWeights) { CodeVersion = "1.0" };
    }

    private static RecommendationModel Train(TrainingSet set) =>
        Measured(PlanOf(FactorizationFamily.Name), set);

    private static RecommendationModel Measured(TrainingPlan plan, TrainingSet set)
    {
        var questions = set.Questions(plan.Weights);
        var ranker = ModelTraining.Train(plan, questions.Train, Context, Ct);
        return ModelTraining.Measure(
            ModelTraining.ToModel(plan, ranker, set.Train, questions.Train, Context, Now, Ct),
            questions, set.Train.Items, Context, Ct).Model;
    }
}
