using StreamCommerce.Engine.Fraud;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// What it costs to screen a checkout with the default rules, and to count it, while the counters
/// are full: every attempt is one of many accounts, and the oldest are forgotten all the time.
/// The baseline screens with a rule set that has no rule. Arguments: number of attempts
/// (default 1 million), number of runs (default 3), accounts (default 1 million).
/// Times are the process's user time, which a busy machine changes less than the clock's.
/// </summary>
internal static class FraudBenchmark
{
    private const int Accounts = 1_000_000;

    public static Task<BenchmarkResult> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0]) : 1_000_000;
        var runs = args.Length > 1 ? int.Parse(args[1]) : 3;
        var accounts = args.Length > 2 ? int.Parse(args[2]) : Accounts;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var screen = new FraudScreen();
        Fill(screen, count, accounts);
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        var none = FraudPolicy.Of(FraudRules.Default.Set with { Rules = [] });
        var rows = new List<(double Baseline, double Screen, double Record, long Bytes)>();
        for (var run = 0; run < runs; run++)
        {
            var attempts = Attempts(count, accounts, seed: run + 1);
            screen.Use(none, null);
            var (baseline, _, _) = Measure(screen, attempts, record: false);
            screen.Use(FraudRules.Default, null);
            var (time, bytes, _) = Measure(screen, attempts, record: false);
            var (_, _, counting) = Measure(screen, attempts, record: true);
            rows.Add((baseline, time, counting, bytes));
        }
        Console.WriteLine($"Counters of {count:N0} attempts: {memory >> 20} MiB.");
        return Task.FromResult(new BenchmarkResult(
            ["run", "no rules, µs", "default rules, µs", "counting, µs", "bytes a screening"],
            [.. rows.Select((row, i) => (IReadOnlyList<string>)[
                $"{i + 1}", BenchmarkResult.Format(row.Baseline),
                BenchmarkResult.Format(row.Screen), BenchmarkResult.Format(row.Record),
                $"{row.Bytes}"])],
            BenchmarkResult.Median(rows.Select(row => row.Screen)), "µs a screening",
            BenchmarkResult.Median(rows.Select(row => row.Baseline))));
    }

    private static void Fill(FraudScreen screen, int count, int accounts)
    {
        foreach (var attempt in Attempts(count, accounts, seed: 0))
            screen.Record(attempt, screen.Screen(attempt));
    }

    private static (double Micros, long Bytes, double RecordMicros) Measure(
        FraudScreen screen, ScreeningRequest[] attempts, bool record)
    {
        var (screening, recording, score) = (0L, 0L, 0L);
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        foreach (var batch in attempts.Chunk(10_000))
        {
            var results = new Screening[batch.Length];
            var start = Environment.CpuUsage.UserTime.Ticks;
            for (var i = 0; i < batch.Length; i++) results[i] = screen.Screen(batch[i]);
            screening += Environment.CpuUsage.UserTime.Ticks - start;
            foreach (var result in results) score += result.Score;
            if (!record) continue;
            start = Environment.CpuUsage.UserTime.Ticks;
            for (var i = 0; i < batch.Length; i++) screen.Record(batch[i], results[i]);
            recording += Environment.CpuUsage.UserTime.Ticks - start;
        }
        if (score < 0) throw new InvalidOperationException("Scores are not negative.");
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return (Micros(screening, attempts.Length), bytes / attempts.Length,
            Micros(recording, attempts.Length));
    }

    private static double Micros(long ticks, int count) =>
        ticks * 1e6 / TimeSpan.TicksPerSecond / count;

    private static ScreeningRequest[] Attempts(int count, int accounts, int seed)
    {
        var random = new Random(seed);
        var start = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero).AddHours(seed);
        var euro = Currency.Of("EUR");
        var attempts = new ScreeningRequest[count];
        for (var i = 0; i < count; i++)
        {
            // Half of all purchases are those of a tenth of the accounts.
            var account = random.Next(2) == 0
                ? random.Next(accounts / 10) : random.Next(accounts);
            attempts[i] = new()
            {
                Order = new($"order-{seed}-{i}"),
                Account = $"customer:{account}",
                Amount = new(random.Next(1, 300), euro),
                At = start.AddMilliseconds(i * 3.6),
                Card = $"card-{account}-{random.Next(2)}",
                Ip = $"10.{account >> 16 & 255}.{account >> 8 & 255}.{account & 255}",
                Device = $"device-{account}",
                Email = $"buyer-{account}@example.org",
                BillingCountry = "DE",
                ShippingCountry = random.Next(50) == 0 ? "FR" : "DE",
                ShippingPostalCode = $"{10_000 + (account % 1_000)}",
                IpCountry = "DE",
                Units = 2,
                AccountAge = TimeSpan.FromDays(account % 900),
            };
        }
        return attempts;
    }
}
