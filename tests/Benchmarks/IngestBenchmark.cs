using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How many events a second the service acknowledges as durable over HTTP, in batches of 500, all
/// of them different, while its engine handles them; service and load generator share the
/// machine; 150,000 more go before, to warm up. The baseline writes the same stored bytes to one
/// file, with a sync after each batch.
/// Arguments: number of events (default 600,000), connections (default 8), runs (default 3).
/// </summary>
internal static class IngestBenchmark
{
    private const int BatchEvents = 500;

    // Sent before the clock starts: the service compiles its code while it runs.
    private const int WarmUpBatches = 300;

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var batches = (args.Length > 0 ? int.Parse(args[0]) : 600_000) / BatchEvents;
        var connections = args.Length > 1 ? int.Parse(args[1]) : 8;
        var runs = args.Length > 2 ? int.Parse(args[2]) : 3;
        using var folder = new TemporaryFolder("ingest");
        var (bodies, stored) = MakeBatches(WarmUpBatches + batches);
        var rows = new List<Run>();
        for (var run = 0; run < runs; run++)
        {
            var baseline = WriteRaw(
                Path.Combine(folder.Path, $"raw-{run}"), stored[WarmUpBatches..]);
            await using var service = await ServiceProcess.StartAsync(
                Path.Combine(folder.Path, $"data-{run}"));
            rows.Add(await SendAllAsync(service, bodies, connections, baseline));
        }
        return new BenchmarkResult(
            ["run", "raw writes, events/s", "acknowledged, events/s", "ratio", "p50 ms", "p99 ms",
                "service µs/event", "service MiB"],
            [.. rows.Select((run, i) => (IReadOnlyList<string>)[
                $"{i + 1}", BenchmarkResult.Format(run.Baseline), BenchmarkResult.Format(run.Rate),
                BenchmarkResult.Format(run.Rate / run.Baseline),
                BenchmarkResult.Format(run.Median), BenchmarkResult.Format(run.P99),
                BenchmarkResult.Format(run.ServiceMicroseconds), $"{run.MemoryBytes >> 20}"])],
            BenchmarkResult.Median(rows.Select(run => run.Rate)), "events/s",
            BenchmarkResult.Median(rows.Select(run => run.Baseline)));
    }

    private sealed record Run(
        double Baseline,
        double Rate,
        double Median,
        double P99,
        double ServiceMicroseconds,
        long MemoryBytes);

    private static (List<byte[]> Bodies, List<byte[]> Stored) MakeBatches(int count)
    {
        var simulator = new ShopperSimulator(
            SimulatedCatalogue.Create(1, 20_000), new SimulatorOptions());
        var bodies = new List<byte[]>(count);
        var stored = new List<byte[]>(count);
        var json = new ArrayBufferWriter<byte>();
        var binary = new ArrayBufferWriter<byte>();
        foreach (var batch in simulator.Events((long)count * BatchEvents).Chunk(BatchEvents))
        {
            json.ResetWrittenCount();
            binary.ResetWrittenCount();
            json.Write("["u8);
            foreach (var e in batch)
            {
                if (json.WrittenCount > 1) json.Write(","u8);
                CloudEventJson.Write(json, e);
                EventCodec.Write(binary, e);
            }
            json.Write("]"u8);
            bodies.Add(json.WrittenSpan.ToArray());
            stored.Add(binary.WrittenSpan.ToArray());
        }
        return (bodies, stored);
    }

    /// <summary>Events a second.</summary>
    private static double WriteRaw(string path, List<byte[]> batches)
    {
        var started = Stopwatch.GetTimestamp();
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        var at = 0L;
        foreach (var batch in batches)
        {
            RandomAccess.Write(file, batch, at);
            RandomAccess.FlushToDisk(file);
            at += batch.Length;
        }
        return batches.Count * BatchEvents / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<Run> SendAllAsync(
        ServiceProcess service, List<byte[]> bodies, int connections, double baseline)
    {
        using var client = service.Connect(connections);
        await SendRangeAsync(client, bodies[..WarmUpBatches], connections);
        await CheckAsync(client, WarmUpBatches * BatchEvents);
        var measured = bodies[WarmUpBatches..];
        var used = service.ProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var latencies = await SendRangeAsync(client, measured, connections);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var events = measured.Count * BatchEvents;
        var cpu = (service.ProcessorTime - used).TotalMicroseconds / events;
        await CheckAsync(client, bodies.Count * BatchEvents);
        return new Run(baseline, events / seconds, latencies.Percentile(0.5),
            latencies.Percentile(0.99), cpu, service.MemoryBytes);
    }

    private static async Task<Latencies> SendRangeAsync(
        HttpClient client, List<byte[]> bodies, int connections)
    {
        var latencies = new Latencies(bodies.Count);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < bodies.Count;)
                latencies.Set(i, await SendAsync(client, bodies[i]));
        })));
        return latencies;
    }

    private static async Task<TimeSpan> SendAsync(HttpClient client, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/cloudevents-batch+json");
        var started = Stopwatch.GetTimestamp();
        using var answer = await client.PostAsync("v1/events", content);
        if (answer.StatusCode != HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException(
                $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>What was acknowledged has all been counted, once.</summary>
    private static async Task CheckAsync(HttpClient client, int events)
    {
        using var stats = JsonDocument.Parse(await client.GetStringAsync("v1/stats?wait=true"));
        var counted = stats.RootElement.GetProperty("events").EnumerateObject()
            .Sum(name => name.Value.GetInt64());
        if (counted != events)
            throw new InvalidOperationException($"{counted} of {events} events were counted.");
    }
}
