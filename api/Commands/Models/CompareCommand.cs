using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models compare</c>: trains several rankers from the same data, asks them the same questions
/// and shows one table: with the parameters that were tuned, where a file has them, otherwise with
/// the defaults. A trainer that fails, or that the questions do not suit, is listed as such.
/// Publishes nothing.
/// </summary>
internal sealed class CompareCommand(
    TrainerFamilies families, IAnsiConsole console, TimeProvider time)
{
    private readonly ServiceOptions _service = new();
    private readonly SourceOptions _source = new();
    private readonly TrainOptions _train = new(families);

    public static Command Create(
        TrainerFamilies families, IAnsiConsole console, TimeProvider time)
    {
        var verb = new CompareCommand(families, console, time);
        var command = new Command("compare", "Compares trainers on the same questions.");
        verb._service.AddTo(command, serves: false);
        verb._source.AddTo(command);
        verb._train.AddTrainersTo(command);
        verb._train.AddFileTo(command);
        verb._train.AddTo(command);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var tuned = _train.Tuned(parsed);
        var chosen = _train.Families(parsed, families.All);
        var set = await _source.ReadAsync(parsed, _source.Protocol(parsed, chosen),
            _service.Read(parsed), console, time, ct);
        var run = new TrainingRun(_train.Context(parsed), console, time);
        var measured = new List<Measured>();
        foreach (var family in chosen)
        {
            var isTuned = tuned?.ParametersOf(family.Name) is not null;
            measured.Add(await run.MeasureAsync(
                isTuned ? $"{family.Name}, tuned" : family.Name,
                _train.PlanOf(parsed, family, tuned), set, ct));
        }
        console.ShowMeasured(measured);
        return CommandLine.Done;
    }
}
