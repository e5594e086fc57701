using Spectre.Console;
using StreamCommerce.Api.Commands;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands;

/// <summary>A folder of its own for a replay, and what it prints.</summary>
internal sealed class ReplayRig : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("replay-");
    private readonly StringWriter _output = new();

    public ReplayRig()
    {
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(_output),
        });
        Console.Profile.Width = 200;
    }

    public IAnsiConsole Console { get; }

    public string Output => _output.ToString();

    public string StateFile => PathOf("state");

    public static List<CommerceEvent> Simulate(int count) => [.. new ShopperSimulator(
        SimulatedCatalogue.Create(1, 100), new SimulatorOptions { Seed = 5 }).Events(count)];

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>A dataset of events, a line each.</summary>
    public string Write(IEnumerable<string> lines)
    {
        var file = PathOf("events.ndjson");
        File.WriteAllLines(file, lines);
        return file;
    }

    public string Write(IEnumerable<CommerceEvent> events) =>
        Write(events.Select(CloudEventJson.ToText));

    public ReplayOptions Options(Uri to, string dataset, string format = "events")
    {
        Assert.True(DatasetFormat.TryParse(format, out var found));
        return new ReplayOptions
        {
            Dataset = dataset,
            Format = found,
            To = to,
            StateFile = StateFile,
        };
    }

    public Task<int> RunAsync(ReplayOptions options, CancellationToken ct) =>
        new Replay(options, Console, TimeProvider.System).RunAsync(ct);

    public void Dispose()
    {
        _output.Dispose();
        _folder.Delete(recursive: true);
    }
}
