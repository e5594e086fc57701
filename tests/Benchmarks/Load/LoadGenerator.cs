using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>What to put on the service.</summary>
/// <param name="Kind">What is asked: <see cref="OrderRequest.Kind"/>,
/// <see cref="SuggestionRequest.Kind"/>, <see cref="HealthRequest.Kind"/>.</param>
/// <param name="Connections">Visitors at a time, each waiting for its answer.</param>
/// <param name="First">Number of the first request; numbers are never used twice.</param>
/// <param name="Parts">For each part what its kind wants to know, as how many products are wanted;
/// several parts take turns.</param>
/// <param name="WarmUp">Before the clock starts: both sides compile their code while they run.
/// </param>
/// <param name="Measured">How long each part is measured.</param>
internal sealed record LoadPlan(
    string Kind,
    int Connections,
    long First,
    IReadOnlyList<int> Parts,
    TimeSpan WarmUp,
    TimeSpan Measured);

/// <summary>What came of a part of it.</summary>
/// <param name="Answered">Requests of all parts that were answered, warm-up included.</param>
/// <param name="Counted">Those that were answered while it was measured.</param>
/// <param name="Seconds">How long was measured.</param>
/// <param name="MedianMs">Latency that half of the counted did not exceed.</param>
/// <param name="P90Ms">Latency that 90 % of the counted did not exceed.</param>
/// <param name="P99Ms">Latency that 99 % of the counted did not exceed.</param>
/// <param name="MaximumMs">The longest latency of the counted.</param>
/// <param name="ServiceMicroseconds">The service's processor time a counted request.</param>
/// <param name="GeneratorMicroseconds">The load generator's processor time a counted request.
/// </param>
internal sealed record LoadResult(
    long Answered,
    long Counted,
    double Seconds,
    double MedianMs,
    double P90Ms,
    double P99Ms,
    double MaximumMs,
    double ServiceMicroseconds,
    double GeneratorMicroseconds)
{
    public double Rate => Counted / Seconds;
}

/// <summary>
/// The load generator, a process of its own: its processor time is told apart from the service's,
/// and its sockets call back on the thread that polls them, which a runtime is told at its start.
/// </summary>
internal static class LoadGenerator
{
    /// <summary>The hidden verb of the process.</summary>
    public const string Verb = "load";

    /// <summary>Loads the service from a new process and waits for it to end.</summary>
    public static async Task<LoadResult[]> StartAsync(ServiceProcess service, LoadPlan plan)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList =
            {
                Verb, service.Address.AbsoluteUri, Number(service.Id), plan.Kind,
                Number(plan.Connections), Number(plan.First),
                string.Join(',', plan.Parts.Select(n => Number(n))),
                Number((long)plan.WarmUp.TotalMilliseconds),
                Number((long)plan.Measured.TotalMilliseconds),
            },
            RedirectStandardOutput = true,
            Environment =
            {
                ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
                ["DOTNET_gcServer"] = "0",
            },
        };
        using var process = Process.Start(start)!;
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<LoadResult[]>(answer)!
            : throw new InvalidOperationException("The load generator failed.");
    }

    /// <summary>The process itself: runs the load and prints its result.</summary>
    public static async Task RunAsync(string[] args)
    {
        var (address, serviceId) = (new Uri(args[0]), int.Parse(args[1]));
        var plan = new LoadPlan(args[2], int.Parse(args[3]), long.Parse(args[4]),
            [.. args[5].Split(',').Select(int.Parse)],
            TimeSpan.FromMilliseconds(long.Parse(args[6])),
            TimeSpan.FromMilliseconds(long.Parse(args[7])));
        using var service = Process.GetProcessById(serviceId);
        Console.WriteLine(JsonSerializer.Serialize(await LoadAsync(address, service, plan)));
    }

    private static async Task<LoadResult[]> LoadAsync(Uri address, Process service, LoadPlan plan)
    {
        var parts = plan.Parts.Count;
        var load = new LoadCourse(plan.First, parts);
        var connections = Enumerable.Range(0, plan.Connections)
            .Select(_ => new LoadConnection(load, parts, address, Converse(address, plan)))
            .ToArray();
        var running = Task.WhenAll(connections.Select(connection => connection.RunAsync()));
        var used = new (TimeSpan Service, TimeSpan Generator)[parts];
        var directed = load.DirectAsync(
            plan.WarmUp, plan.Measured, part => Count(part, -1), part => Count(part, 1));
        // The first of the connections to fail ends the run.
        await await Task.WhenAny(directed, running);
        await running;
        var took = await directed;
        var results = Enumerable.Range(0, parts)
            .Select(part => ResultOf(connections, part, took[part], used[part])).ToArray();
        foreach (var connection in connections) connection.Dispose();
        return results;

        void Count(int part, int sign)
        {
            service.Refresh();
            used[part].Service += sign * service.TotalProcessorTime;
            used[part].Generator += sign * Environment.CpuUsage.TotalTime;
        }
    }

    private static IConversation Converse(Uri address, LoadPlan plan) => plan.Kind switch
    {
        OrderRequest.Kind => new OrderRequest(address, plan.Parts),
        SuggestionRequest.Kind => new SuggestionRequest(address, plan.Parts),
        HealthRequest.Kind => new HealthRequest(address),
        _ => throw new ArgumentException($"There is no load '{plan.Kind}'."),
    };

    private static LoadResult ResultOf(
        LoadConnection[] connections, int part, TimeSpan took,
        (TimeSpan Service, TimeSpan Generator) used)
    {
        var latencies = new LatencyHistogram();
        foreach (var connection in connections) latencies.Add(connection.Latencies[part]);
        return new LoadResult(
            connections.Sum(connection => connection.Answered), latencies.Count,
            took.TotalSeconds, latencies.Percentile(0.5), latencies.Percentile(0.9),
            latencies.Percentile(0.99), latencies.Maximum / 1_000.0,
            used.Service.TotalMicroseconds / latencies.Count,
            used.Generator.TotalMicroseconds / latencies.Count);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
