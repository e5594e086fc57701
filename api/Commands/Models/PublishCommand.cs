using System.CommandLine;
using Spectre.Console;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models publish</c>: publishes model files that are there: what <c>models train --output</c>
/// wrote, and what lies where another registry keeps its files. Repeating it completes one that
/// was cut off.
/// </summary>
internal static class PublishCommand
{
    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var registry = new RegistryOptions();
        var files = new Argument<string[]>("FILES")
        {
            Description = "Model files.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("publish", "Publishes model files.") { files };
        registry.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            using var opened = registry.Open(parsed, time);
            foreach (var file in parsed.GetRequiredValue(files))
            {
                var manifest = await opened.Registry.PublishAsync(file, ct);
                console.WriteLine($"Published {manifest.Id} in {opened.Registry.Location}.");
            }
            return CommandLine.Done;
        });
        return command;
    }
}
