using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models train</c>: trains a model, measures it on the hold-out and publishes it. It does not
/// answer before it is promoted.
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
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var plan = _train.Plan(parsed);
        var registry = _registry.Open(parsed, time);
        var set = await _source.ReadAsync(parsed, _registry.Settings(parsed), console, time, ct);
        var questions = set.Questions(plan.Weights);
        var (measured, ranker) = await TrainingProgress.RunAsync(
            console, time, $"Training {plan.Family.Name}", progress => Measured.Train(
                plan, questions, _train.Context(parsed, progress), time, ct), ct);
        console.Show(MetricTables.Of([measured]));
        var model = ModelTraining.ToModel(plan, ranker, set.Train, questions.Train,
            measured.Metrics, _train.Context(parsed), time.GetUtcNow(), ct);
        var index = ModelIndex.SectionsOf(ranker, _train.Context(parsed), ct);
        await SaveAsync(parsed, registry, model, index, ct);
        return CommandLine.Done;
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
