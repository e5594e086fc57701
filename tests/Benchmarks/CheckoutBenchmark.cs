using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Data.Sqlite;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// How many two-line orders a second the service takes over HTTP, each durable before its answer;
/// service and load generator share the machine. The baseline is SQLite alone with the same
/// durability: one transaction an order on one connection, two stock rows changed and an order
/// with two lines written. Arguments: orders (default 20,000), connections (default 64), runs
/// (default 3).
/// </summary>
internal static class CheckoutBenchmark
{
    private const int Products = 1_000;
    private const int Stock = 1_000_000;

    // Placed before the clock starts: the service compiles its code while it runs.
    private const int WarmUpOrders = 5_000;

    public static async Task<BenchmarkResult> RunAsync(string[] args)
    {
        var orders = args.Length > 0 ? int.Parse(args[0]) : 20_000;
        var connections = args.Length > 1 ? int.Parse(args[1]) : 64;
        var runs = args.Length > 2 ? int.Parse(args[2]) : 3;
        using var folder = new TemporaryFolder("checkout");
        var rows = new List<Run>();
        for (var run = 0; run < runs; run++)
        {
            var baseline = PlaceInSqlite(Path.Combine(folder.Path, $"raw-{run}.db"), orders / 4);
            await using var service = await ServiceProcess.StartAsync(
                Path.Combine(folder.Path, $"data-{run}"));
            using var client = service.Connect(connections);
            await StockUpAsync(client);
            await PlaceRangeAsync(client, 0, WarmUpOrders, connections);
            rows.Add(await PlaceAllAsync(service, client, orders, connections, baseline));
        }
        return new BenchmarkResult(
            ["run", "SQLite alone, orders/s", "orders/s", "ratio", "p50 ms", "p99 ms",
                "service µs/order"],
            [.. rows.Select((run, i) => (IReadOnlyList<string>)[
                $"{i + 1}", BenchmarkResult.Format(run.Baseline), BenchmarkResult.Format(run.Rate),
                BenchmarkResult.Format(run.Rate / run.Baseline),
                BenchmarkResult.Format(run.Median), BenchmarkResult.Format(run.P99),
                BenchmarkResult.Format(run.ServiceMicroseconds)])],
            BenchmarkResult.Median(rows.Select(run => run.Rate)), "orders/s",
            BenchmarkResult.Median(rows.Select(run => run.Baseline)));
    }

    private sealed record Run(
        double Baseline, double Rate, double Median, double P99, double ServiceMicroseconds);

    /// <summary>Orders a second.</summary>
    private static double PlaceInSqlite(string path, int orders)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var setup = connection.CreateCommand();
        setup.CommandText = """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE stock (sku INTEGER PRIMARY KEY, available INTEGER NOT NULL);
            CREATE TABLE orders (id INTEGER PRIMARY KEY, visitor TEXT NOT NULL,
                total TEXT NOT NULL);
            CREATE TABLE lines (id INTEGER, line INTEGER, sku INTEGER, quantity INTEGER,
                PRIMARY KEY (id, line)) WITHOUT ROWID;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
                INSERT INTO stock SELECT i, 1000000 FROM n;
            """;
        setup.ExecuteNonQuery();
        using var place = connection.CreateCommand();
        place.CommandText = """
            BEGIN IMMEDIATE;
            UPDATE stock SET available = available - 1 WHERE sku IN ($a, $b) AND available > 0;
            INSERT INTO orders VALUES ($id, 'visitor', '19.98');
            INSERT INTO lines VALUES ($id, 0, $a, 1), ($id, 1, $b, 1);
            COMMIT;
            """;
        var (id, a, b) = (place.Parameters.Add("$id", SqliteType.Integer),
            place.Parameters.Add("$a", SqliteType.Integer),
            place.Parameters.Add("$b", SqliteType.Integer));
        var started = Stopwatch.GetTimestamp();
        for (var order = 0; order < orders; order++)
        {
            (id.Value, a.Value, b.Value) = (order, First(order), Second(order));
            place.ExecuteNonQuery();
        }
        return orders / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task StockUpAsync(HttpClient client)
    {
        var products = new StringBuilder();
        for (var i = 0; i < Products; i++)
        {
            products.Append($$"""{"id":"P{{i}}","title":"Product {{i}}",""")
                .Append("""
                    "price":{"amount":9.99,"currency":"EUR"}}
                    """)
                .Append('\n');
        }
        await PostAsync(client, "v1/products/import", products.ToString(), "application/x-ndjson");
        await Task.WhenAll(Enumerable.Range(0, Products).Select(i => PostAsync(
            client, $"v1/stock/P{i}/adjustments", $$"""{"delta":{{Stock}},"reason":"receipt"}""")));
    }

    private static async Task<Run> PlaceAllAsync(
        ServiceProcess service, HttpClient client, int orders, int connections, double baseline)
    {
        var used = service.ProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var latencies = await PlaceRangeAsync(client, WarmUpOrders, orders, connections);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cpu = (service.ProcessorTime - used).TotalMicroseconds / orders;
        return new Run(baseline, orders / seconds, latencies.Percentile(0.5),
            latencies.Percentile(0.99), cpu);
    }

    private static async Task<Latencies> PlaceRangeAsync(
        HttpClient client, int from, int count, int connections)
    {
        var latencies = new Latencies(count);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                var order = from + i;
                var sent = Stopwatch.GetTimestamp();
                await PostAsync(client, "v1/checkout", $$"""
                    {"visitorId":"visitor-{{order}}","currency":"EUR","payment":{"token":"tok_visa"},"lines":[
                    {"productId":"P{{First(order)}}","quantity":1},
                    {"productId":"P{{Second(order)}}","quantity":1}]}
                    """, key: $"order-{order}");
                latencies.Set(i, Stopwatch.GetElapsedTime(sent));
            }
        })));
        return latencies;
    }

    // Scattered, never the same, and the same in every run.
    private static int First(int order) => (int)(order * 7919L % Products);

    private static int Second(int order) => (First(order) + 1 + order % (Products - 1)) % Products;

    private static async Task PostAsync(
        HttpClient client, string path, string body, string type = "application/json",
        string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
        {
            throw new InvalidOperationException(
                $"{path}: {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
