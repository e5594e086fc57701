using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Ingest.Simulation;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How fast the engine reads a log of simulated events through all its projections, checkpoints
/// included. The baseline reads and parses the same log and does nothing with the events.
/// Arguments: number of events (default 5 million), number of runs (default 3).
/// </summary>
internal static class ReplayBenchmark
{
    /// <summary>The hidden verb of the process that writes the log, so that its memory is not
    /// counted.</summary>
    public const string PrepareVerb = "prepare-replay";

    private const int Products = 20_000;

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0]) : 5_000_000;
        var runs = args.Length > 1 ? int.Parse(args[1]) : 3;
        using var folder = new TemporaryFolder("replay");
        var prepare = Process.Start(
            Environment.ProcessPath!, [PrepareVerb, folder.Path, $"{count}"]);
        await prepare.WaitForExitAsync();
        if (prepare.ExitCode != 0) throw new InvalidOperationException("No log was made.");

        await using var log = EmbeddedEventLog.Open(
            new EmbeddedLogOptions { Directory = Path.Combine(folder.Path, "log") },
            TimeProvider.System);
        var rows = new List<(double Baseline, double Engine, long PeakBytes)>();
        for (var run = 0; run < runs; run++)
        {
            var baseline = await ReadAllAsync(log, count);
            var (engine, peak) = await HandleAllAsync(
                log, count, Path.Combine(folder.Path, $"engine-{run}"));
            rows.Add((baseline, engine, peak));
        }
        return new BenchmarkResult(
            ["run", "read and parse, events/s", "all projections, events/s", "ratio",
                "peak memory, MiB"],
            [.. rows.Select((row, i) => (IReadOnlyList<string>)[
                $"{i + 1}", BenchmarkResult.Format(row.Baseline),
                BenchmarkResult.Format(row.Engine),
                BenchmarkResult.Format(row.Engine / row.Baseline), $"{row.PeakBytes >> 20}"])],
            BenchmarkResult.Median(rows.Select(row => row.Engine)), "events/s",
            BenchmarkResult.Median(rows.Select(row => row.Baseline)));
    }

    /// <summary>Writes the log in a process of its own.</summary>
    public static async Task PrepareAsync(string directory, int count)
    {
        await using var log = EmbeddedEventLog.Open(
            new EmbeddedLogOptions { Directory = Path.Combine(directory, "log") },
            TimeProvider.System);
        var simulator = new ShopperSimulator(
            SimulatedCatalogue.Create(1, Products), new SimulatorOptions());
        foreach (var batch in simulator.Events(count).Chunk(EventRules.BatchCountLimit))
            await log.AppendAsync(batch, CancellationToken.None);
    }

    /// <summary>Events a second.</summary>
    private static async Task<double> ReadAllAsync(EmbeddedEventLog log, int count)
    {
        var started = Stopwatch.GetTimestamp();
        var read = await Task.WhenAll(Enumerable.Range(0, log.PartitionCount)
            .Select(partition => Task.Run(() => ReadPartitionAsync(log, partition))));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (read.Sum() != count)
            throw new InvalidOperationException($"Read {read.Sum()} of {count} events.");
        return count / seconds;
    }

    private static async Task<long> ReadPartitionAsync(EmbeddedEventLog log, int partition)
    {
        var end = log.GetStatus(partition).NextOffset;
        var read = 0L;
        if (end == 0) return 0;
        await foreach (var batch in log.ReadAsync(partition, 0, 1_024, CancellationToken.None))
        {
            read += batch.Length;
            if (read == end) break;
        }
        return read;
    }

    /// <summary>Events a second, and the most memory that the process had meanwhile.</summary>
    private static async Task<(double Rate, long PeakBytes)> HandleAllAsync(
        EmbeddedEventLog log, int count, string directory)
    {
        GC.Collect();
        using var engine = new CommerceEngine(
            log, new EngineOptions { Directory = directory }, TimeProvider.System,
            NullLogger<CommerceEngine>.Instance);
        await engine.LoadAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        using var memory = new MemoryPeak();
        var started = Stopwatch.GetTimestamp();
        var running = engine.RunAsync(stop.Token);
        await engine.CatchUpAsync(CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var peak = memory.Read();
        await stop.CancelAsync();
        await running;

        var sales = new StreamCommerce.Engine.Sales.SalesSummary(engine).Read();
        if (sales.Events.Values.Sum() != count)
        {
            throw new InvalidOperationException(
                $"{sales.Events.Values.Sum()} of {count} events were counted.");
        }
        return (count / seconds, peak);
    }
}
