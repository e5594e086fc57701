using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamCommerce.Benchmarks.Baselines;

/// <summary>
/// PostgreSQL with the same work, in the fastest form it has: one prepared statement an order,
/// without a round trip between stock and order, driven by its own load generator over a Unix
/// socket. Every setting that makes a commit durable is the default, on.
/// </summary>
internal static partial class PostgresBaseline
{
    // Its programs refuse to run as root.
    private const string User = "postgres";

    private const string Schema = """
        CREATE TABLE stock (sku int PRIMARY KEY, available bigint NOT NULL,
            reserved bigint NOT NULL DEFAULT 0, CHECK (available >= 0));
        CREATE TABLE orders (id bigserial PRIMARY KEY, key text NOT NULL UNIQUE,
            visitor text NOT NULL, total numeric(12, 2) NOT NULL,
            placed_at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE lines (order_id bigint, line int, sku int, quantity int,
            price numeric(12, 2), PRIMARY KEY (order_id, line));
        CREATE TABLE reservations (id text PRIMARY KEY, sku int NOT NULL, quantity int NOT NULL,
            expires_at timestamptz NOT NULL);
        CREATE TABLE movements (id bigserial PRIMARY KEY, sku int NOT NULL, operation text NOT NULL,
            delta int NOT NULL, at timestamptz NOT NULL DEFAULT now());
        """;

    // {0}: which rows.
    private const string Order = """
        \set key random(1, 9000000000000000)
        WITH taken AS (
            UPDATE stock SET available = available - 1
            WHERE sku IN ({0}) AND available >= 1 RETURNING sku
        ), placed AS (
            INSERT INTO orders (key, visitor, total)
            SELECT 'order-' || :key, 'visitor-' || :key, 19.98
            WHERE (SELECT count(*) FROM taken) = 2 RETURNING id
        ), bought AS (
            INSERT INTO lines
            SELECT placed.id, row_number() OVER (), taken.sku, 1, 9.99 FROM placed, taken
        )
        INSERT INTO movements (sku, operation, delta)
        SELECT taken.sku, 'order-' || :key, -1 FROM placed, taken;
        """;

    private const string AnyOrder = ":a, :b";

    // Where all orders want the same rows they must lock them in one order, or they deadlock.
    private const string OneOrder =
        "SELECT sku FROM stock WHERE sku IN (:a, :b) ORDER BY sku FOR UPDATE";

    private const string Reservation = """
        \set key random(1, 9000000000000000)
        WITH taken AS (
            UPDATE stock SET available = available - 1, reserved = reserved + 1
            WHERE sku = 0 AND available >= 1 RETURNING sku
        ), held AS (
            INSERT INTO reservations
            SELECT 'reservation-' || :key, sku, 1, now() + interval '10 minutes' FROM taken
        )
        INSERT INTO movements (sku, operation, delta)
        SELECT sku, 'reservation-' || :key, -1 FROM taken;
        """;

    public static async Task<IReadOnlyList<BaselineRate>> MeasureAsync(
        string folder, Workload workload, int[] clients, TimeSpan measured)
    {
        var (initdb, postgres, pgbench, psql) = (
            Find("initdb"), Find("postgres"), Find("pgbench"), Find("psql"));
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite
                | UnixFileMode.OtherExecute);
        }
        var data = Path.Combine(folder, "data");
        await initdb.As(User).RunAsync(["-D", data, "-A", "trust", "-U", User]);
        string[] connect = ["-h", folder, "-U", User];
        await using var server = await ServerProcess.StartAsync(postgres.As(User),
            // As much memory as the service takes, and no checkpoint within seconds.
            ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "shared_buffers=256MB",
                "-c", "max_wal_size=4GB"],
            () => psql.RunAsync([.. connect, "-c", "SELECT 1"]));
        await psql.RunAsync([.. connect, "-v", "ON_ERROR_STOP=1"], Schema + string.Create(
            CultureInfo.InvariantCulture, $"""
            INSERT INTO stock SELECT i, {BenchmarkShop.Stock}
            FROM generate_series(0, {BaselineSystems.Products - 1}) i;
            """));

        var script = Path.Combine(folder, "work.sql");
        await File.WriteAllTextAsync(script, ScriptOf(workload));
        var rates = new List<BaselineRate>();
        foreach (var count in clients)
        {
            var output = await pgbench.RunAsync(
                [.. connect, "-n", "-M", "prepared", "-f", script,
                    "-c", Number(count), "-j", "2",
                    "-T", Number((int)Math.Max(1, measured.TotalSeconds)), User]);
            if (!output.Contains("failed transactions: 0 ", StringComparison.Ordinal))
                throw new InvalidOperationException(output);
            rates.Add(new(BaselineSystems.Name("PostgreSQL", count), double.Parse(
                Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture)));
        }
        await CheckAsync(psql, connect, workload);
        return rates;
    }

    private static string ScriptOf(Workload workload) => workload switch
    {
        Workload.SpreadOrders => $"""
            \set a random(0, {BaselineSystems.Products - 1})
            \set b (:a + 1 + random(0, {BaselineSystems.Products - 2})) % {BaselineSystems.Products}

            """ + Order.Replace("{0}", AnyOrder, StringComparison.Ordinal),
        Workload.HotOrders => "\\set a 0\n\\set b 1\n" +
            Order.Replace("{0}", OneOrder, StringComparison.Ordinal),
        _ => Reservation,
    };

    /// <summary>What was sold is what has left the stock.</summary>
    private static async Task CheckAsync(Tool psql, string[] connect, Workload workload)
    {
        var sold = workload == Workload.HotReservations
            ? "(SELECT count(*) FROM reservations)" : "2 * (SELECT count(*) FROM orders)";
        var answer = await psql.RunAsync([.. connect, "-A", "-t", "-c", $"""
            SELECT {sold} = (SELECT sum({BenchmarkShop.Stock} - available) FROM stock)
                AND {sold} = (SELECT count(*) FROM movements)
            """]);
        if (answer.Trim() != "t")
            throw new InvalidOperationException("PostgreSQL's stock does not add up.");
    }

    private static Tool Find(string name) => Tool.Find(name,
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin"))
            : []);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^tps = ([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Rate();
}
