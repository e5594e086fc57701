using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models compare</c>: trains several rankers from the same data, asks them the same questions
/// and shows one table. Publishes nothing.
/// </summary>
internal sealed class CompareCommand(
    TrainerFamilies families, IAnsiConsole console, TimeProvider time)
{
    private readonly ServiceOptions _service = new();
    private readonly SourceOptions _source = new();
    private readonly TrainOptions _train = new(families);

    private readonly Option<string[]> _trainers = new("--trainers")
    {
        Description = "Which to compare, separated by spaces; all unless given: " +
            $"{string.Join(", ", families.All.Select(family => family.Name))}.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Create(
        TrainerFamilies families, IAnsiConsole console, TimeProvider time)
    {
        var verb = new CompareCommand(families, console, time);
        verb._trainers.AcceptOnlyFromAmong([.. families.All.Select(family => family.Name)]);
        var command = new Command("compare", "Compares trainers on the same questions.");
        command.Options.Add(verb._trainers);
        verb._service.AddTo(command, serves: false);
        verb._source.AddTo(command);
        verb._train.AddTo(command);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var names = parsed.GetValue(_trainers) is { Length: > 0 } given
            ? given : [.. families.All.Select(family => family.Name)];
        var set = await _source.ReadAsync(parsed, _service.Read(parsed), console, time, ct);
        var measured = new List<Measured>();
        foreach (var name in names)
        {
            var plan = _train.DefaultPlan(parsed, families.Find(name)!);
            measured.Add(await TrainingProgress.RunAsync(
                console, time, $"Training {name}",
                progress => Compare(plan, set, _train.Context(parsed, progress), ct), ct));
        }
        console.Show(MetricTables.Of(measured));
        return CommandLine.Done;
    }

    private Measured Compare(
        TrainingPlan plan, TrainingSet set, TrainingContext context, CancellationToken ct)
    {
        var (measured, ranker) = Measured.Train(
            plan, set.Questions(plan.Weights), context, time, ct);
        (ranker as IDisposable)?.Dispose();
        return measured;
    }
}
