using Spectre.Console;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>Trains and measures, with a bar for each.</summary>
/// <param name="context">Seed and threads.</param>
/// <param name="console">Where the bars are.</param>
/// <param name="time">Measures how long it takes.</param>
internal sealed class TrainingRun(
    TrainingContext context, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Trains a ranker.</summary>
    /// <exception cref="CommandFailedException">A parameter is outside its limits.</exception>
    /// <exception cref="InvalidDataException">The trainer has diverged.</exception>
    public async Task<IRanker> TrainAsync(
        string name, TrainingPlan plan, Histories histories, CancellationToken ct)
    {
        try
        {
            return await ShowAsync($"Training {name}", inner =>
                ModelTraining.Train(plan, histories, inner, ct), ct);
        }
        catch (ArgumentException e)
        {
            throw new CommandFailedException($"Trainer {plan.Family.Name}: {e.Message}", e);
        }
    }

    /// <summary>Trains a ranker, measures it and lets go of it. What fails is told in its row, so
    /// that the others are compared all the same.</summary>
    public async Task<Measured> MeasureAsync(
        string name, TrainingPlan plan, TrainingSet set, CancellationToken ct)
    {
        if (TrainerFamilies.Refusal(plan.Family, set.Protocol) is { } refusal)
            return new(name, null, null, refusal);
        try
        {
            var questions = set.Questions(plan.Weights);
            var start = time.GetTimestamp();
            var ranker = await TrainAsync(name, plan, questions.Train, ct);
            var trainedIn = time.GetElapsedTime(start);
            var metrics = await ShowAsync($"Measuring {name}", inner =>
                Evaluator.Evaluate(ranker, questions, inner, ct), ct);
            (ranker as IDisposable)?.Dispose();
            return new(name, metrics, trainedIn);
        }
        catch (Exception e) when (e is InvalidDataException or CommandFailedException)
        {
            return new(name, null, null, e.Message);
        }
    }

    /// <summary>Shows a bar while some work runs that takes seed, threads and progress.</summary>
    public Task<T> ShowAsync<T>(
        string title, Func<TrainingContext, T> work, CancellationToken ct) =>
        TrainingProgress.RunAsync(console, time, title,
            progress => work(context with { Progress = progress }), ct);
}
