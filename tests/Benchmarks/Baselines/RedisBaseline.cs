using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StreamCommerce.Benchmarks.Baselines;

/// <summary>
/// Redis with the same work as one Lua script: check, take the stock, write the order. Each
/// command is in its append-only file and synced before it is answered. Driven by its own load
/// generator, without pipelining: a buyer waits for the answer.
/// </summary>
internal static class RedisBaseline
{
    // The generator is told how many, not how long: so many tell how fast it is.
    private const int ProbeCount = 5_000;

    // Random keys: so few are drawn of so many that a repetition is rare, and it is not counted.
    private const int KeySpace = 2_000_000_000;

    private const string Order = """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        local n, products = tonumber(string.sub(KEYS[1], 7)), tonumber(ARGV[1])
        local first = n % products
        local second = (first + 1 + n % (products - 1)) % products
        local a, b = 'stock:' .. first, 'stock:' .. second
        if tonumber(redis.call('GET', a)) < 1 or tonumber(redis.call('GET', b)) < 1 then
            return redis.error_reply('OUTOFSTOCK') end
        redis.call('DECRBY', a, 1)
        redis.call('DECRBY', b, 1)
        redis.call('HSET', KEYS[1], 'visitor', n, 'first', first, 'second', second,
            'total', '19.98')
        return 1
        """;

    private const string Reservation = """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        if tonumber(redis.call('GET', 'stock:0')) < 1 then
            return redis.error_reply('OUTOFSTOCK') end
        redis.call('DECRBY', 'stock:0', 1)
        redis.call('HSET', KEYS[1], 'sku', 0, 'quantity', 1, 'lifetime', 600)
        return 1
        """;

    public static async Task<IReadOnlyList<BaselineRate>> MeasureAsync(
        string folder, Workload workload, int[] clients, TimeSpan measured)
    {
        var (server, cli, bench) = (
            Tool.Find("redis-server"), Tool.Find("redis-cli"), Tool.Find("redis-benchmark"));
        Directory.CreateDirectory(folder);
        var port = Number(FreePort());
        string[] connect = ["-h", "127.0.0.1", "-p", port];
        await using var running = await ServerProcess.StartAsync(server,
            ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                "--appendonly", "yes", "--appendfsync", "always"],
            () => cli.RunAsync([.. connect, "PING"]));
        var products = workload == Workload.SpreadOrders ? BaselineSystems.Products : 2;
        await cli.RunAsync([.. connect, "EVAL", $"""
            for i = 0, {products - 1} do redis.call('SET', 'stock:' .. i, {BenchmarkShop.Stock}) end
            """, "0"]);
        var script = (await cli.RunAsync([.. connect, "SCRIPT", "LOAD",
            workload == Workload.HotReservations ? Reservation : Order])).Trim();

        var rates = new List<BaselineRate>();
        foreach (var count in clients)
        {
            var rate = await RunAsync(bench, connect, script, products, count, ProbeCount);
            rates.Add(new(BaselineSystems.Name("Redis", count), await RunAsync(
                bench, connect, script, products, count,
                (int)Math.Max(ProbeCount, rate * measured.TotalSeconds))));
        }
        await CheckAsync(cli, connect, products, workload == Workload.HotReservations ? 1 : 2);
        return rates;
    }

    private static async Task<double> RunAsync(
        Tool bench, string[] connect, string script, int products, int clients, int requests)
    {
        // "-e" shows an error that a script answers; the check at the end would find it, too.
        var output = await bench.RunAsync([.. connect, "-c", Number(clients), "-n",
            Number(requests), "-r", Number(KeySpace), "-e", "--csv",
            "EVALSHA", script, "1", "order:__rand_int__", Number(products)]);
        // The last line: the quoted name, then the quoted rate.
        var fields = output.Trim().Split('\n')[^1].Split("\",\"");
        return double.Parse(fields[1], CultureInfo.InvariantCulture);
    }

    /// <summary>What was sold is what has left the stock.</summary>
    private static async Task CheckAsync(Tool cli, string[] connect, int products, int units)
    {
        var answer = await cli.RunAsync([.. connect, "EVAL", $"""
            local sold = 0
            for i = 0, {products - 1} do
                sold = sold + {BenchmarkShop.Stock} - tonumber(redis.call('GET', 'stock:' .. i))
            end
            return sold == {units} * (redis.call('DBSIZE') - {products}) and 'right' or 'wrong'
            """, "0"]);
        if (answer.Trim() != "right")
            throw new InvalidOperationException("The stock in Redis does not add up.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
