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
    [InlineData("ials")]
    [InlineData("co-occurrence")]
    public void A_model_that_was_written_and_opened_ranks_as_well_as_what_was_trained(string name)
    {
        var set = Set();
        var plan = PlanOf(name);
        var questions = set.Questions(plan.Weights);
        var ranker = ModelTraining.Train(plan, questions.Train, Context, Ct);
        var trained = Evaluator.Evaluate(ranker, questions, cancellationToken: Ct);
        var model = ModelTraining.ToModel(
            plan, ranker, set.Train, questions.Train, trained, Context, Now, Ct);
        using var directory = new TemporaryDirectory();
        ModelFile.Write(directory.In("m"), model);

        using var opened = ModelFile.Open(directory.In("m"));
        var measured = Evaluator.Evaluate(
            new ModelRanker(opened.Model, set.Train.Items), questions, cancellationToken: Ct);

        // Chance would reach a quarter: half of the catalogue is of the wrong taste.
        Assert.True(trained.Ndcg > 0.5, $"{trained.Ndcg}");
        Assert.Equal(trained.Ndcg, measured.Ndcg, 0.05);
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
    public void What_a_model_file_cannot_hold_is_refused_by_name()
    {
        var plan = PlanOf(Popularity.Family.Name);
        var set = Set();
        var questions = set.Questions(plan.Weights);
        var ranker = ModelTraining.Train(plan, questions.Train, Context, Ct);

        var refused = Assert.Throws<InvalidDataException>(() => ModelTraining.ToModel(plan, ranker,
            set.Train, questions.Train, Evaluator.Evaluate(ranker, questions), Context, Now, Ct));

        Assert.Contains("'popularity'", refused.Message, StringComparison.Ordinal);
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

    private static TrainingSet Set() => TrainingSet.Of(
        HoldOut.OfLast(TrainingSamples.Data(TrainingSamples.TwoTastes(seed: 1)), 0.2), 0.2);

    private static TrainingPlan PlanOf(string name)
    {
        var family = new TrainerFamilies([]).Find(name)!;
        var parameters = new ParameterSet(family.Parameters);
        if (name == FactorizationFamily.Name) parameters = parameters.With("dimensions", 8);
        return new(family, parameters, TrainingPlan.UsualWeights) { CodeVersion = "1.0" };
    }

    private static RecommendationModel Train(TrainingSet set)
    {
        var plan = PlanOf(FactorizationFamily.Name);
        var questions = set.Questions(plan.Weights);
        var ranker = ModelTraining.Train(plan, questions.Train, Context, Ct);
        return ModelTraining.ToModel(plan, ranker, set.Train, questions.Train,
            Evaluator.Evaluate(ranker, questions), Context, Now, Ct);
    }
}
