using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>What to put on the service.</summary>
/// <param name="Connections">Buyers at a time, each waiting for its answer.</param>
/// <param name="FirstOrder">Number of the first order; keys are never used twice.</param>
/// <param name="Products">Products that are wanted, from 2; parts of several numbers take turns.
/// </param>
/// <param name="WarmUp">Before the clock starts: both sides compile their code while they run.
/// </param>
/// <param name="Measured">How long each part is measured.</param>
internal sealed record LoadPlan(
    int Connections,
    long FirstOrder,
    IReadOnlyList<int> Products,
    TimeSpan WarmUp,
    TimeSpan Measured);

/// <summary>What came of a part of it.</summary>
/// <param name="Placed">Orders of all parts that were acknowledged, warm-up included.</param>
/// <param name="Counted">Those that were acknowledged while it was measured.</param>
/// <param name="Seconds">How long was measured.</param>
/// <param name="MedianMs">Latency that half of the counted did not exceed.</param>
/// <param name="P99Ms">Latency that 99 % of the counted did not exceed.</param>
/// <param name="MaximumMs">The longest latency of the counted.</param>
/// <param name="ServiceMicroseconds">The service's processor time a counted order.</param>
/// <param name="GeneratorMicroseconds">The load generator's processor time a counted order.</param>
internal sealed record LoadResult(
    long Placed,
    long Counted,
    double Seconds,
    double MedianMs,
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
    public const string Verb = "load-checkout";

    /// <summary>Loads the service from a new process and waits for it to end.</summary>
    public static async Task<LoadResult[]> StartAsync(ServiceProcess service, LoadPlan plan)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList =
            {
                Verb, service.Address.AbsoluteUri, Number(service.Id), Number(plan.Connections),
                Number(plan.FirstOrder), string.Join(',', plan.Products.Select(n => Number(n))),
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
        var plan = new LoadPlan(int.Parse(args[2]), long.Parse(args[3]),
            [.. args[4].Split(',').Select(int.Parse)],
            TimeSpan.FromMilliseconds(long.Parse(args[5])),
            TimeSpan.FromMilliseconds(long.Parse(args[6])));
        using var service = Process.GetProcessById(serviceId);
        Console.WriteLine(JsonSerializer.Serialize(await LoadAsync(address, service, plan)));
    }

    private static async Task<LoadResult[]> LoadAsync(Uri address, Process service, LoadPlan plan)
    {
        var parts = plan.Products.Count;
        var load = new OrderLoad(plan.FirstOrder, plan.Products);
        var connections = Enumerable.Range(0, plan.Connections)
            .Select(_ => new LoadConnection(load, parts, address)).ToArray();
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

    private static LoadResult ResultOf(
        LoadConnection[] connections, int part, TimeSpan took,
        (TimeSpan Service, TimeSpan Generator) used)
    {
        var latencies = new LatencyHistogram();
        foreach (var connection in connections) latencies.Add(connection.Latencies[part]);
        return new LoadResult(
            connections.Sum(connection => connection.Placed), latencies.Count,
            took.TotalSeconds, latencies.Percentile(0.5), latencies.Percentile(0.99),
            latencies.Maximum / 1_000.0, used.Service.TotalMicroseconds / latencies.Count,
            used.Generator.TotalMicroseconds / latencies.Count);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
