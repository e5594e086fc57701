using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StreamCommerce.Benchmarks.Load;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How many answers a second the service gives to "what next for this visitor?" over HTTP, 20
/// products each, none sold out, from a model of 64 factors and all else that the engine knows of
/// the visitor; service and load generator share the machine. A shop with a catalogue, stock,
/// histories and a current model is made before. The baseline is what HTTP costs: the same load
/// asks whether the service is alive. Arguments: products (default 100,000; several
/// separated by commas, each a shop of its own), visitors (default 1,000,000), connections
/// (default 16), seconds measured (default 5), runs (default 3).
/// </summary>
internal static class RecommendBenchmark
{
    /// <summary>The hidden verb of the process that makes a shop, so that its memory is given
    /// back.</summary>
    public const string PrepareVerb = "prepare-recommend";

    private const string Plain = "healthz";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var products = args.Length > 0 ? args[0].Split(',').Select(int.Parse).ToArray() : [100_000];
        var visitors = args.Length > 1 ? int.Parse(args[1]) : 1_000_000;
        var connections = args.Length > 2 ? int.Parse(args[2]) : 16;
        var measured = TimeSpan.FromSeconds(args.Length > 3 ? int.Parse(args[3]) : 5);
        var runs = args.Length > 4 ? int.Parse(args[4]) : 3;
        var comparison = new Comparison("answers/s");
        foreach (var count in products)
        {
            using var folder = new TemporaryFolder("recommend");
            await PrepareAsync(folder.Path, count, visitors);
            await using var service = await StartAsync(folder.Path, visitors);
            for (var run = 0; run < runs; run++)
            {
                await LoadAsync(NameOf(count), SuggestionRequest.Kind, run * 1_000_000_000L);
                if (count == products[^1]) await LoadAsync(Plain, HealthRequest.Kind, 0);
            }
            Console.WriteLine($"{NameOf(count)}: {service.MemoryBytes >> 20} MiB of memory");

            async Task LoadAsync(string name, string kind, long first) =>
                comparison.Add(name, (await LoadGenerator.StartAsync(service, new(
                    kind, connections, first, [visitors], WarmUp, measured)))[0]);
        }
        return comparison.ToResult(
            comparison.RateOf(NameOf(products[^1])), "answers/s", comparison.RateOf(Plain), Plain);
    }

    /// <summary>Makes a shop in a process of its own.</summary>
    public static async Task PrepareAsync(string directory, int products, int visitors)
    {
        var started = Stopwatch.GetTimestamp();
        using var prepare = Process.Start(
            Environment.ProcessPath!, [PrepareVerb, directory, $"{products}", $"{visitors}"]);
        await prepare.WaitForExitAsync();
        if (prepare.ExitCode != 0) throw new InvalidOperationException("No shop was made.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{products:N0} products, {visitors:N0} visitors: made in {Seconds(started):N0} s"));
    }

    /// <summary>Starts the service and waits until it knows all that the log tells.</summary>
    public static async Task<ServiceProcess> StartAsync(string directory, int visitors)
    {
        var started = Stopwatch.GetTimestamp();
        // Partitions are of uneven size; and visitors come that the log does not know.
        var service = await ServiceProcess.StartAsync(
            directory, $"Engine:VisitorLimit={2L * Math.Max(visitors, 100_000)}");
        using var client = service.Connect(1);
        client.Timeout = TimeSpan.FromMinutes(10);
        while (true)
        {
            using var ready = JsonDocument.Parse(await client.GetStringAsync("readyz"));
            if (ready.RootElement.GetProperty("lag").GetInt64() == 0) break;
            await Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System);
        }
        await SavedAsync(directory);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ready in {Seconds(started):N0} s"));
        return service;
    }

    /// <summary>Completes when the state that was built from the log has been saved, which is not
    /// to be measured; after two minutes in any case.</summary>
    private static async Task SavedAsync(string directory)
    {
        var states = new DirectoryInfo(Path.Combine(directory, "engine", "state"));
        var started = Stopwatch.GetTimestamp();
        // Longer than the interval of checkpoints: until then none has begun.
        for (var quiet = 0; quiet < 15 && Seconds(started) < 120;)
        {
            var before = Sizes();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            quiet = Sizes() == before ? quiet + 1 : 0;
        }

        long Sizes() => states.Exists ? states.EnumerateFiles().Sum(file => file.Length) : 0;
    }

    private static string NameOf(int products) =>
        string.Create(CultureInfo.InvariantCulture, $"{products:N0} products");

    private static double Seconds(long started) =>
        Stopwatch.GetElapsedTime(started).TotalSeconds;
}
