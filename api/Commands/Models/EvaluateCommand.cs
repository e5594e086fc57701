using System.CommandLine;
using Spectre.Console;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models evaluate</c>: asks published models the questions of the hold-out. A model that has
/// learnt from what is asked is named: its figures flatter it.
/// </summary>
internal sealed class EvaluateCommand(IAnsiConsole console, TimeProvider time)
{
    private readonly RegistryOptions _registry = new();
    private readonly SourceOptions _source = new();

    private readonly Argument<string[]> _models = new("MODELS")
    {
        Description = "Ids, or files; the current model unless given.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var verb = new EvaluateCommand(console, time);
        var command = new Command("evaluate", "Measures published models on the hold-out.")
        {
            verb._models,
        };
        verb._registry.AddTo(command);
        verb._source.AddTo(command);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var registry = _registry.Open(parsed, time);
        var names = parsed.GetValue(_models) is { Length: > 0 } given ? given
            : [(await registry.ReadPointerAsync(ct)).ModelId ?? throw new CommandFailedException(
                "No model is current; name one.")];
        var set = await _source.ReadAsync(parsed, _registry.Settings(parsed), console, time, ct);
        var measured = new List<Measured>();
        foreach (var name in names)
        {
            using var copy = await FetchedModel.OpenAsync(registry, name, ct);
            var model = copy.Model;
            measured.Add(new(name, copy.Measure(set, ct), null));
            if (set.Train.Range() is { } range && model.Manifest.DataUntil > range.Until)
            {
                console.WriteLine($"{name} has learnt from data until " +
                    $"{model.Manifest.DataUntil:u}, which is asked for from {range.Until:u} on: " +
                    "its figures flatter it.");
            }
        }
        console.Show(MetricTables.Of(measured));
        return CommandLine.Done;
    }
}
