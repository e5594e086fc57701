using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models list</c>: the published models, the current one and how it became so. Ends with 1
/// where a file is damaged.
/// </summary>
internal static class ListCommand
{
    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var registry = new RegistryOptions();
        var command = new Command("list", "Shows the published models and which one is current.");
        registry.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            using var opened = registry.Open(parsed, time);
            return await RunAsync(opened.Registry, console, ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        IModelRegistry registry, IAnsiConsole console, CancellationToken ct)
    {
        var models = await registry.ListAsync(ct);
        if (models.Count == 0)
        {
            console.WriteLine($"There are no models in {registry.Location}.");
            return CommandLine.Done;
        }
        var pointer = await registry.ReadPointerAsync(ct);
        console.Show(MetricTables.OfModels(models, pointer));
        if (pointer.History.Count > 0) console.Show(MetricTables.OfHistory(pointer));
        return models.Any(model => model.Fault is not null)
            ? CommandLine.Failed : CommandLine.Done;
    }
}
