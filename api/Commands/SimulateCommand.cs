using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Ingest.Simulation;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// <c>simulate</c>: writes a stream of simulated events into a file, the same for the same seed,
/// number of products and number of events. Every event says that it is simulated.
/// </summary>
internal static class SimulateCommand
{
    private const int DefaultProducts = 5_000;

    /// <param name="console">Where to show progress.</param>
    /// <param name="time">The clock of the progress; the events have the simulation's.</param>
    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var events = new Option<long>("--events")
        {
            Description = "How many.",
            Required = true,
        };
        var seed = new Option<int>("--seed")
        {
            Description = "The same seed gives the same stream.",
            DefaultValueFactory = _ => 1,
        };
        var products = new Option<int>("--products")
        {
            Description = $"Products of the catalogue, {SimulatedCatalogue.ProductCountMinimum} " +
                $"to {SimulatedCatalogue.ProductCountLimit}.",
            DefaultValueFactory = _ => DefaultProducts,
        };
        var output = new Option<string>("--out")
        {
            Description = "The file; compressed where its name ends in .gz.",
            HelpName = "FILE",
            Required = true,
        };
        events.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1)
                result.AddError("--events must be 1 or more.");
        });
        seed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0) result.AddError("--seed must be 0 or more.");
        });
        products.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < SimulatedCatalogue.ProductCountMinimum
                or > SimulatedCatalogue.ProductCountLimit)
            {
                result.AddError($"--products must be {SimulatedCatalogue.ProductCountMinimum} to " +
                    $"{SimulatedCatalogue.ProductCountLimit}.");
            }
        });
        var command = new Command("simulate",
            "Writes simulated events, an NDJSON file for 'replay --format events'.")
        {
            events, seed, products, output,
        };
        command.SetAction((parsed, ct) => RunAsync(
            parsed.GetValue(events), parsed.GetValue(seed), parsed.GetValue(products),
            parsed.GetRequiredValue(output), console, time, ct));
        return command;
    }

    private static async Task<int> RunAsync(
        long events, int seed, int products, string file, IAnsiConsole console, TimeProvider time,
        CancellationToken ct)
    {
        var simulator = new ShopperSimulator(
            SimulatedCatalogue.Create(seed, products), new SimulatorOptions { Seed = seed });
        var meter = new ProgressMeter(time) { Total = events };
        await ProgressDisplay.RunAsync(console, time, "Simulating", meter,
            () => EventFile.WriteAsync(file, simulator.Events(events), meter, ct));
        console.WriteLine($"{events:N0} simulated events (seed {seed}, {products:N0} products) " +
            $"in {file}, {new FileInfo(file).Length / 1_048_576.0:N1} MiB, " +
            $"{meter.Elapsed.TotalSeconds:N1} s.");
        return CommandLine.Done;
    }
}
