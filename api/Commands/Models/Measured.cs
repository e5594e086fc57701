using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>What a ranker was worth.</summary>
/// <param name="Name">What a table calls it.</param>
/// <param name="Metrics">What was measured.</param>
/// <param name="TrainedIn">How long the training took; null where it was not trained now.</param>
internal sealed record Measured(string Name, RankingMetrics Metrics, TimeSpan? TrainedIn)
{
    /// <summary>Trains a ranker, measures it and lets go of it.</summary>
    /// <exception cref="CommandFailedException">A parameter is outside its limits.</exception>
    public static Measured Of(
        TrainingPlan plan, EvaluationSplit questions, TrainingContext context, TimeProvider time,
        CancellationToken ct)
    {
        var (measured, ranker) = Train(plan, questions, context, time, ct);
        (ranker as IDisposable)?.Dispose();
        return measured;
    }

    /// <summary>Trains a ranker and measures it.</summary>
    /// <exception cref="CommandFailedException">A parameter is outside its limits.</exception>
    public static (Measured Measured, IRanker Ranker) Train(
        TrainingPlan plan, EvaluationSplit questions, TrainingContext context, TimeProvider time,
        CancellationToken ct)
    {
        var start = time.GetTimestamp();
        try
        {
            var ranker = ModelTraining.Train(plan, questions.Train, context, ct);
            var trainedIn = time.GetElapsedTime(start);
            var metrics = Evaluator.Evaluate(ranker, questions, context.ThreadCount, ct);
            return (new(plan.Family.Name, metrics, trainedIn), ranker);
        }
        catch (ArgumentException e)
        {
            throw new CommandFailedException($"Trainer {plan.Family.Name}: {e.Message}", e);
        }
    }
}
