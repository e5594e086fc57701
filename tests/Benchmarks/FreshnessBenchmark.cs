using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StreamCommerce.Benchmarks.Load;
using StreamCommerce.Benchmarks.Recommend;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How long after a click's 202 the visitor's recommendations show it, over HTTP: somebody new
/// looks at a product, and asks for recommendations again and again until one is there because of
/// it; the whole answer must have arrived. Meanwhile other visitors' events come at a given rate.
/// The baseline is the same without them. Arguments: events a second (default 5,000), seconds
/// measured (default 10), products (default 20,000), visitors (default 100,000).
/// </summary>
internal static class FreshnessBenchmark
{
    // A product that some visitors have looked at is seen together with others.
    private const int LeastClicks = 10;

    // Of the events that are due, so many must be acknowledged within the time measured.
    private const double LeastShare = 0.99;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var rate = args.Length > 0 ? int.Parse(args[0]) : 5_000;
        var measured = TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1]) : 10);
        var products = args.Length > 2 ? int.Parse(args[2]) : 20_000;
        var visitors = args.Length > 3 ? int.Parse(args[3]) : 100_000;
        using var folder = new TemporaryFolder("freshness");
        await RecommendBenchmark.PrepareAsync(folder.Path, products, visitors);
        await using var service = await RecommendBenchmark.StartAsync(folder.Path, visitors);
        var histories = RecommendShop.DrawHistories(products, visitors);
        using var client = service.Connect(64);
        var probe = new Probe(client, histories);

        await probe.MeasureAsync(WarmUp);
        var quiet = await probe.MeasureAsync(measured);
        using var stop = new CancellationTokenSource();
        var traffic = new EventTraffic(client, rate);
        var sending = traffic.RunAsync(Clicks(histories), stop.Token);
        var probing = MeasureBusyAsync(probe, measured, traffic);
        // Traffic that fails ends the run.
        await await Task.WhenAny(sending, probing);
        var (busy, acknowledged) = await probing;
        await stop.CancelAsync();
        await sending;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{acknowledged:N0} other events a second were acknowledged"));
        if (acknowledged < LeastShare * rate)
            throw new InvalidOperationException("The service did not keep up with the events.");
        return new BenchmarkResult(
            ["", "clicks", "p50 ms", "p90 ms", "p99 ms", "max ms"],
            [Row(string.Create(CultureInfo.InvariantCulture, $"{rate:N0} events/s"), busy),
                Row("no other events", quiet)],
            busy.Percentile(0.99), "ms p99", quiet.Percentile(0.99), "no other events");
    }

    private static async Task<(LatencyHistogram Latencies, double EventsASecond)> MeasureBusyAsync(
        Probe probe, TimeSpan measured, EventTraffic traffic)
    {
        await probe.MeasureAsync(WarmUp);
        var (sent, started) = (traffic.Sent, Stopwatch.GetTimestamp());
        var latencies = await probe.MeasureAsync(measured);
        return (latencies,
            (traffic.Sent - sent) / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static IReadOnlyList<string> Row(string name, LatencyHistogram latencies) =>
        [name, latencies.Count.ToString("N0", CultureInfo.InvariantCulture),
            BenchmarkResult.Format(latencies.Percentile(0.5)),
            BenchmarkResult.Format(latencies.Percentile(0.9)),
            BenchmarkResult.Format(latencies.Percentile(0.99)),
            BenchmarkResult.Format(latencies.Maximum / 1_000.0)];

    /// <summary>The visitors go on as they did before.</summary>
    private static IEnumerable<CommerceEvent> Clicks(Histories histories)
    {
        for (var number = 0; ; number++)
        {
            var visitor = (int)(number * 7919L % histories.UserCount);
            var history = histories[visitor];
            yield return ClickOf(RecommendShop.VisitorId(visitor), $"more-{number}",
                history[number % history.Length].Item);
        }
    }

    private static CommerceEvent ClickOf(string visitor, string id, int product) => new()
    {
        Id = new EventId(id),
        Source = "/shop/web",
        Name = EventName.ViewItem,
        Time = TimeProvider.System.GetUtcNow(),
        Visitor = new VisitorId(visitor),
        Lines = [new EventLine(new Sku(RecommendShop.ProductId(product)), 1)],
    };

    /// <summary>New visitors, one after the other.</summary>
    private sealed class Probe(HttpClient client, Histories histories)
    {
        private readonly int[] _products = [.. histories.Entries.ToArray()
            .CountBy(entry => entry.Item).Where(count => count.Value >= LeastClicks)
            .Select(count => count.Key).Order()];

        private int _number;

        public async Task<LatencyHistogram> MeasureAsync(TimeSpan time)
        {
            var latencies = new LatencyHistogram();
            for (var started = Stopwatch.GetTimestamp();
                Stopwatch.GetElapsedTime(started) < time;)
            {
                var number = _number++;
                latencies.Add(await ClickAsync(
                    $"probe-{number}", _products[(int)(number * 7919L % _products.Length)]));
            }
            return latencies;
        }

        private async Task<TimeSpan> ClickAsync(string visitor, int product)
        {
            if (await ShowsAsync(visitor, product))
                throw new InvalidOperationException($"{visitor} was known before.");
            await EventTraffic.PostAsync(
                client, EventTraffic.BodyOf(ClickOf(visitor, $"{visitor}-click", product)));
            var acknowledged = Stopwatch.GetTimestamp();
            while (!await ShowsAsync(visitor, product))
            {
                if (Stopwatch.GetElapsedTime(acknowledged) > Patience)
                {
                    throw new InvalidOperationException(
                        $"The click of {visitor} on product {product} is not shown.");
                }
            }
            return Stopwatch.GetElapsedTime(acknowledged);
        }

        /// <summary>Whether something is recommended because of the product.</summary>
        private async Task<bool> ShowsAsync(string visitor, int product)
        {
            using var answer = JsonDocument.Parse(await client.GetByteArrayAsync(
                $"v1/recommendations?visitor={visitor}&k={SuggestionRequest.Count}"));
            foreach (var shown in answer.RootElement.GetProperty("products").EnumerateArray())
            {
                if (shown.TryGetProperty("because", out var because)
                    && because.ValueKind == JsonValueKind.String
                    && because.GetString() == RecommendShop.ProductId(product))
                    return true;
            }
            return false;
        }
    }
}
