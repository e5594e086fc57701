using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Api.Commands;
using StreamCommerce.Api.Commands.Models;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Models.Trainer;

namespace StreamCommerce.Tests.Api.Commands.Models;

/// <summary>Runs the verbs of <c>models</c> in this process, over a data folder of its own.
/// </summary>
internal sealed class ModelsRig : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public ModelsRig()
    {
        Registry = new FolderModelRegistry(In("data/models"), TimeProvider.System);
        EventsFile = In("events.ndjson");
    }

    public FolderModelRegistry Registry { get; }

    /// <summary>Shoppers of two tastes, as <c>--format events</c>.</summary>
    public string EventsFile { get; }

    public string In(string name) => _directory.In(name);

    public Task WriteEventsAsync(int seed, CancellationToken ct) =>
        WriteEventsAsync(TrainingSamples.TwoTastes(seed), ct);

    public Task WriteEventsAsync(IEnumerable<CommerceEvent> events, CancellationToken ct) =>
        EventFile.WriteAsync(EventsFile, events, new ProgressMeter(TimeProvider.System), ct);

    /// <summary>Runs a verb; what it throws is what the command line would tell.</summary>
    public async Task<(int Code, string Output)> RunAsync(
        CancellationToken ct, params string[] arguments)
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        var root = new RootCommand { ModelsCommand.Create(console, TimeProvider.System) };
        var parsed = root.Parse(["models", .. arguments, "--data", In("data")]);
        if (parsed.Errors.Count > 0) return (CommandLine.Misused, parsed.Errors[0].Message);
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false }, ct);
        return (code, output.ToString());
    }

    /// <summary>Trains a small model from the events and gives its id.</summary>
    public async Task<string> TrainAsync(CancellationToken ct, params string[] more)
    {
        var before = (await Registry.ListAsync(ct)).Select(model => model.Id).ToHashSet();
        await RunAsync(ct, ["train", "--events", EventsFile, "--hold-out", "0.4",
            "--parameter", "dimensions=8", "--threads", "1", .. more]);
        return (await Registry.ListAsync(ct)).Select(model => model.Id)
            .Single(id => !before.Contains(id));
    }

    public async Task<string?> CurrentAsync(CancellationToken ct) =>
        (await Registry.ReadPointerAsync(ct)).ModelId;

    public void Dispose() => _directory.Dispose();
}
