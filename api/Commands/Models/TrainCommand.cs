using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models train</c>: trains a model, measures on the hold-out what will be published, and
/// publishes it. It does not answer before it is promoted.
/// </summary>
internal sealed class TrainCommand(
    TrainerFamilies families, IAnsiConsole console, TimeProvider time)
{
    private readonly RegistryOptions _registry = new();
    private readonly SourceOptions _source = new();
    private readonly TrainOptions _train = new(families);

    private readonly Option<string?> _output = new("--output")
    {
        Description = "Write the model into a file instead of publishing it.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _final = new("--final")
    {
        Description = "After measuring, train again from all data, also from what was asked for; " +
            "the figures stay those of the model before.",
    };

    public static Command Create(
        TrainerFamilies families, IAnsiConsole console, TimeProvider time)
    {
        var verb = new TrainCommand(families, console, time);
        var command = new Command("train", "Trains a model and publishes it.");
        verb._registry.AddTo(command);
        verb._source.AddTo(command);
        verb._train.AddTrainerTo(command);
        verb._train.AddTo(command);
        command.Options.Add(verb._output);
        command.Options.Add(verb._final);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var plan = _train.Plan(parsed);
        // Before anything is read: training may take an hour.
        if (ModelTraining.Refusal(plan.Family) is { } refusal)
            throw new CommandFailedException(refusal);
        var isFinal = parsed.GetValue(_final);
        if (isFinal && _source.IsSplit(parsed))
        {
            throw new CommandFailedException(
                "--final needs events: a split's other part is there to be measured by.");
        }
        using var opened = _registry.Open(parsed, time);
        var registry = opened.Registry;
        var set = await _source.ReadAsync(parsed, _source.Protocol(parsed, [plan.Family]),
            _registry.Settings(parsed), console, time, ct);
        var run = new TrainingRun(_train.Context(parsed), console, time);
        var questions = set.Questions(plan.Weights);
        var start = time.GetTimestamp();
        var (ranker, model) = await MakeAsync(run, plan, set.Train, questions.Train, ct);
        var trainedIn = time.GetElapsedTime(start);
        (model, var metrics) = await run.ShowAsync($"Measuring {plan.Family.Name}", inner =>
            ModelTraining.Measure(model, questions, set.Train.Items, inner, ct), ct);
        console.ShowMeasured([new(plan.Family.Name, metrics, trainedIn)]);
        if (isFinal)
            (ranker, model) = await MakeFinalAsync(run, plan, set.All!, model.Manifest, ct);
        var index = model.Dimensions == 0 ? [] : await run.ShowAsync("Building the index", inner =>
            ModelIndex.SectionsOf(ranker, inner, ct), ct);
        await SaveAsync(parsed, registry, model, index, ct);
        return CommandLine.Done;
    }

    private async Task<(IRanker Ranker, RecommendationModel Model)> MakeAsync(
        TrainingRun run, TrainingPlan plan, TrainingData data, Histories histories,
        CancellationToken ct)
    {
        var ranker = await run.TrainAsync(plan.Family.Name, plan, histories, ct);
        return (ranker, await run.ShowAsync("Making the model", inner => ModelTraining.ToModel(
            plan, ranker, data, histories, inner, time.GetUtcNow(), ct), ct));
    }

    private async Task<(IRanker Ranker, RecommendationModel Model)> MakeFinalAsync(
        TrainingRun run, TrainingPlan plan, TrainingData all, ModelManifest measured,
        CancellationToken ct)
    {
        var until = all.Range()!.Value.Until;
        console.WriteLine($"Training again from all data, until {until:u}: the figures are those " +
            $"of the model that had learnt until {measured.DataUntil:u}. The gate can compare it " +
            "once newer events have come.");
        var (ranker, model) = await MakeAsync(run, plan, all,
            all.Weigh(plan.Weights, (until - DateTimeOffset.UnixEpoch).TotalSeconds), ct);
        return (ranker, model.WithMetricsOf(measured));
    }

    private async Task SaveAsync(
        ParseResult parsed, IModelRegistry registry, RecommendationModel model,
        IReadOnlyList<ModelSection> index, CancellationToken ct)
    {
        if (parsed.GetValue(_output) is { } file)
        {
            ModelFile.Write(file, model, index);
            console.WriteLine($"Model {model.Manifest.Id} is in {file}.");
            return;
        }
        var temporary = Path.Combine(
            Path.GetTempPath(), model.Manifest.Id + ModelFile.Extension);
        try
        {
            ModelFile.Write(temporary, model, index);
            await registry.PublishAsync(temporary, ct);
        }
        finally
        {
            File.Delete(temporary);
        }
        console.WriteLine($"Published {model.Manifest.Id} in {registry.Location}. It answers " +
            $"after: models promote {model.Manifest.Id}");
    }
}
