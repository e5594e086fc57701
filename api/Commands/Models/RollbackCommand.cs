using System.CommandLine;
using Spectre.Console;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models rollback</c>: makes the model current again that was before the current one was
/// promoted.
/// </summary>
internal sealed class RollbackCommand(IAnsiConsole console, TimeProvider time)
{
    private readonly RegistryOptions _registry = new();

    private readonly Option<string> _note = new("--note")
    {
        Description = "Why, for the history.",
        DefaultValueFactory = _ => "",
    };

    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var verb = new RollbackCommand(console, time);
        var command = new Command("rollback", "Goes back to the model before the current one.");
        verb._registry.AddTo(command);
        command.Options.Add(verb._note);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        using var opened = _registry.Open(parsed, time);
        var registry = opened.Registry;
        var seen = await registry.ReadPointerAsync(ct);
        var next = seen.RollBack(time.GetUtcNow(), parsed.GetRequiredValue(_note))
            ?? throw new CommandFailedException(
                "There is no model before the current one to go back to.");
        // What cannot be opened would be refused by every service.
        using (await FetchedModel.OpenAsync(registry, next.ModelId!, ct))
        {
            if (!await registry.TryReplacePointerAsync(seen, next, ct))
            {
                throw new CommandFailedException("Somebody else has changed the current model " +
                    "meanwhile. Look at 'models list' and repeat.");
            }
        }
        console.WriteLine($"{next.ModelId} is the current model again; before: {seen.ModelId}.");
        return CommandLine.Done;
    }
}
