using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;

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
        using var opened = _registry.Open(parsed, time);
        var registry = opened.Registry;
        var names = parsed.GetValue(_models) is { Length: > 0 } given ? given
            : [(await registry.ReadPointerAsync(ct)).ModelId ?? throw new CommandFailedException(
                "No model is current; name one.")];
        var copies = new List<(string Name, FetchedModel Copy)>();
        try
        {
            foreach (var name in names)
                copies.Add((name, await FetchedModel.OpenAsync(registry, name, ct)));
            var set = await _source.ReadAsync(parsed,
                _source.Protocol(parsed, copies.Select(one => one.Copy.Model.Manifest)),
                _registry.Settings(parsed), console, time, ct);
            var measured = new List<Measured>();
            foreach (var (name, copy) in copies)
            {
                measured.Add(await copy.MeasureAsync(name, set, console, time, ct));
                if (Doubt(parsed, copy.Model.Manifest, set.Train) is { } doubt)
                    console.WriteLine($"{name} {doubt}");
            }
            console.ShowMeasured(measured);
        }
        finally
        {
            foreach (var (_, copy) in copies) copy.Dispose();
        }
        return CommandLine.Done;
    }

    // A split has no times: whose training part it is tells who cannot have seen the other.
    private string? Doubt(ParseResult parsed, ModelManifest model, TrainingData train)
    {
        if (_source.IsSplit(parsed))
        {
            return model.DataHash == train.Hash() ? null
                : "has learnt from other data than the split's training part, perhaps from what " +
                    "is asked: its figures may flatter it.";
        }
        return train.Range() is { } range && model.DataUntil > range.Until
            ? $"has learnt from data until {model.DataUntil:u}, which is asked for from " +
                $"{range.Until:u} on: its figures flatter it."
            : null;
    }
}
