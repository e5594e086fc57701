using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Logging.Abstractions;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using StreamCommerce.Tests.EventHubs.Broker;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How many events a second go through the log into a hub, and what processor time each takes:
/// batches of 500 from callers side by side, acknowledged by the broker of the tests, which is in
/// this process, on loopback, with its share of the processor. The baseline is the bare client:
/// each caller sends the same batches to the same partitions of the same broker, from events that
/// are in their form already. Arguments: number of events (default 200,000), callers (default 8),
/// runs (default 3).
/// </summary>
internal static class HubBenchmark
{
    private const int BatchEvents = 500;
    private const int Partitions = 4;
    private const string Hub = "events";

    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(3);

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200_000;
        var callers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8;
        var runs = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3;
        using var folder = new TemporaryFolder("hub");
        CommerceEvent[][] batches = [.. new ShopperSimulator(
            SimulatedCatalogue.Create(1, 20_000), new SimulatorOptions())
            .Events(count).Chunk(BatchEvents)];
        var rows = new List<(Rate Log, Rate Bare)>();
        for (var run = 0; run <= runs; run++)
        {
            var bare = await SendBareAsync(batches, callers);
            var log = await AppendAsync(
                batches, callers, Path.Combine(folder.Path, $"spill-{run}"));
            // The first run compiles.
            if (run > 0) rows.Add((log, bare));
        }
        return new BenchmarkResult(
            ["run", "bare client, events/s", "through the log, events/s", "ratio",
                "bare client, µs of processor", "through the log, µs", "ratio"],
            [.. rows.Select((row, i) => Row($"{i + 1}", row.Log, row.Bare)),
                Row("median", Median(rows.Select(row => row.Log)),
                    Median(rows.Select(row => row.Bare)))],
            BenchmarkResult.Median(rows.Select(row => row.Log.EventsPerSecond)), "events/s",
            BenchmarkResult.Median(rows.Select(row => row.Bare.EventsPerSecond)), "bare client");
    }

    /// <param name="EventsPerSecond">Acknowledged.</param>
    /// <param name="Microseconds">Of processor an event, the broker's included.</param>
    private readonly record struct Rate(double EventsPerSecond, double Microseconds);

    private static IReadOnlyList<string> Row(string name, Rate log, Rate bare) =>
        [name, BenchmarkResult.Format(bare.EventsPerSecond),
            BenchmarkResult.Format(log.EventsPerSecond),
            BenchmarkResult.Format(log.EventsPerSecond / bare.EventsPerSecond),
            BenchmarkResult.Format(bare.Microseconds), BenchmarkResult.Format(log.Microseconds),
            BenchmarkResult.Format(log.Microseconds / bare.Microseconds)];

    private static Rate Median(IEnumerable<Rate> rates) => new(
        BenchmarkResult.Median(rates.Select(rate => rate.EventsPerSecond)),
        BenchmarkResult.Median(rates.Select(rate => rate.Microseconds)));

    private static async Task<Rate> AppendAsync(
        CommerceEvent[][] batches, int callers, string spillDirectory)
    {
        await using var broker = HubBroker.Start();
        var hub = broker.AddHub(Hub, Partitions, TimeProvider.System);
        await using var log = await EventHubsEventLog.OpenAsync(
            new EventHubsOptions
            {
                ConnectionString = broker.ConnectionStringOf(Hub),
                SpillDirectory = spillDirectory,
                SpillBytes = 0,
            },
            TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        return await MeasureAsync(hub, batches, callers,
            async (i, ct) => await log.AppendAsync(batches[i], ct));
    }

    private static async Task<Rate> SendBareAsync(CommerceEvent[][] batches, int callers)
    {
        await using var broker = HubBroker.Start();
        var hub = broker.AddHub(Hub, Partitions, TimeProvider.System);
        await using var producer = new EventHubProducerClient(broker.ConnectionStringOf(Hub));
        (string Partition, EventData[] Events)[][] sends = [.. batches.Select(batch =>
            batch.GroupBy(e => PartitionKeyHash.PartitionOf(e.Visitor.Value, Partitions))
                .Select(part => (part.Key.ToString(CultureInfo.InvariantCulture),
                    part.Select(HubEventFormat.ToEventData).ToArray()))
                .ToArray())];
        return await MeasureAsync(hub, batches, callers, (i, ct) => Task.WhenAll(
            sends[i].Select(part => SendAsync(producer, part.Partition, part.Events, ct))));
    }

    private static async Task SendAsync(
        EventHubProducerClient producer, string partition, EventData[] events,
        CancellationToken ct)
    {
        using var batch = await producer.CreateBatchAsync(
            new CreateBatchOptions { PartitionId = partition }, ct);
        foreach (var e in events)
            if (!batch.TryAdd(e)) throw new InvalidOperationException("A batch is too large.");
        await producer.SendAsync(batch, ct);
    }

    private static async Task<Rate> MeasureAsync(
        BrokerHub hub, CommerceEvent[][] batches, int callers,
        Func<int, CancellationToken, Task> send)
    {
        using var limit = new CancellationTokenSource(RunLimit);
        var next = -1;
        var used = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < batches.Length;)
                await send(i, limit.Token);
        })));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cpu = Environment.CpuUsage.TotalTime - used;
        var events = batches.Sum(batch => batch.Length);
        var stored = hub.Partitions.Sum(partition => partition.Facts.Next);
        if (stored != events)
            throw new InvalidOperationException($"The hub has {stored} of {events} events.");
        return new(events / seconds, cpu.TotalMicroseconds / events);
    }
}
