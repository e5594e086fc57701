using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models promote</c>: makes a published model the current one, which a running service then
/// answers with. Refuses one that is worse on the hold-out than the current one, unless forced.
/// </summary>
internal sealed class PromoteCommand(IAnsiConsole console, TimeProvider time)
{
    private readonly RegistryOptions _registry = new();
    private readonly SourceOptions _source = new();

    private readonly Argument<string> _model = new("MODEL")
    {
        Description = "The id of a published model; the newest: 'latest'.",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Promote also what is worse, or cannot be compared.",
    };

    private readonly Option<string> _note = new("--note")
    {
        Description = "Why, for the history.",
        DefaultValueFactory = _ => "",
    };

    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var verb = new PromoteCommand(console, time);
        var command = new Command("promote", "Makes a published model the current one.")
        {
            verb._model,
        };
        verb._registry.AddTo(command);
        verb._source.AddTo(command);
        command.Options.Add(verb._force);
        command.Options.Add(verb._note);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        using var opened = _registry.Open(parsed, time);
        var registry = opened.Registry;
        var seen = await registry.ReadPointerAsync(ct);
        var id = await IdAsync(registry, parsed.GetRequiredValue(_model), ct);
        if (id == seen.ModelId)
        {
            console.WriteLine($"{id} is the current model already.");
            return CommandLine.Done;
        }
        // Also when forced: what cannot be opened would be refused by every service.
        using var candidate = await FetchedModel.OpenAsync(registry, id, ct);
        var isForced = parsed.GetValue(_force);
        var answer = isForced || seen.ModelId is null
            ? null : await AskGateAsync(parsed, registry, candidate, seen.ModelId, ct);
        if (answer is { IsAllowed: false })
        {
            throw new CommandFailedException(
                $"{id} is not promoted. {answer.Reason} --force promotes it all the same.");
        }
        var note = parsed.GetRequiredValue(_note) is { Length: > 0 } given
            ? given : isForced ? "forced" : answer?.Reason ?? "the first one";
        if (!await registry.TryReplacePointerAsync(
            seen, seen.Promote(id, time.GetUtcNow(), note), ct))
        {
            throw new CommandFailedException($"Somebody else has changed the current model " +
                $"meanwhile; {id} is not promoted. Look at 'models list' and repeat.");
        }
        console.WriteLine($"{id} is the current model. {answer?.Reason}".TrimEnd());
        return CommandLine.Done;
    }

    private async Task<GateAnswer> AskGateAsync(
        ParseResult parsed, IModelRegistry registry, FetchedModel candidate, string currentId,
        CancellationToken ct)
    {
        FetchedModel current;
        try
        {
            current = await FetchedModel.OpenAsync(registry, currentId, ct);
        }
        catch (Exception e) when (e is ModelFileException or ModelMissingException)
        {
            return new(true, $"The current model {currentId} cannot be compared with: {e.Message}");
        }
        using (current)
        {
            var set = await _source.ReadUnseenAsync(parsed, candidate.Model.Manifest,
                current.Model.Manifest, _registry.Settings(parsed), console, time, ct);
            var one = await candidate.MeasureAsync("candidate", set, console, time, ct);
            var other = await current.MeasureAsync("current", set, console, time, ct);
            console.ShowMeasured([one, other]);
            return PromotionGate.Judge(one.Metrics!, other.Metrics!);
        }
    }

    private static async Task<string> IdAsync(
        IModelRegistry registry, string name, CancellationToken ct)
    {
        if (name != "latest") return name;
        var models = await registry.ListAsync(ct);
        return models.Count > 0
            ? models[^1].Id
            : throw new CommandFailedException($"There are no models in {registry.Location}.");
    }
}
