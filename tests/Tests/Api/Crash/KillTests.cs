using System.Text.Json.Nodes;
using StreamCommerce.Tests.Ingest.Datasets;
using Xunit;

namespace StreamCommerce.Tests.Api.Crash;

/// <summary>
/// <c>kill -9</c> of the service at random moments of a replay. Larger by the environment:
/// STREAMCOMMERCE_KILLS (default 2) and STREAMCOMMERCE_KILL_EVENTS (simulated events that make the
/// replay last; default 60,000), STREAMCOMMERCE_KILL_SEED (default 1).
/// </summary>
public sealed class KillTests : IDisposable
{
    private static readonly int Kills = Setting("STREAMCOMMERCE_KILLS", 2);
    private static readonly int SimulatedEvents = Setting("STREAMCOMMERCE_KILL_EVENTS", 60_000);
    private static readonly int Seed = Setting("STREAMCOMMERCE_KILL_SEED", 1);

    // 128 + SIGKILL.
    private const int KilledCode = 137;

    private volatile ServiceProcess? _replay;
    private readonly string _directory =
        Directory.CreateTempSubdirectory("streamcommerce-kill-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact(Timeout = 900_000)]
    public async Task However_often_the_service_is_killed_a_replay_ends_in_the_same_counts()
    {
        var ct = TestContext.Current.CancellationToken;
        var datasets = await DatasetsAsync(ct);

        var (undisturbed, _) = await ReplayAllAsync("calm", datasets, killAt: [], ct);
        var random = new Random(Seed);
        var handled = undisturbed["handled"]!.GetValue<long>();
        long[] killAt =
            [.. Enumerable.Range(0, Kills).Select(_ => random.NextInt64(handled)).Order()];
        var (killed, kills) = await ReplayAllAsync("killed", datasets, killAt, ct);

        Assert.Equal(Kills, kills);
        Assert.Equal(Counts(undisturbed), Counts(killed));
        TestContext.Current.SendDiagnosticMessage(
            $"{kills} kills at {string.Join(", ", killAt)} of {handled} events: same counts.");
    }

    /// <summary>Everything that must not depend on how often an event was sent.</summary>
    private static string Counts(JsonObject stats)
    {
        var counts = stats.DeepClone().AsObject();
        counts.Remove("handled");
        counts.Remove("repeated");
        return counts.ToJsonString();
    }

    /// <summary>The real datasets where they are, and simulated events.</summary>
    private async Task<(string File, string Format)[]> DatasetsAsync(CancellationToken ct)
    {
        var simulated = Path.Combine(_directory, "simulated.ndjson.gz");
        await RunAsync(ServiceProcess.Start(
            "simulate", "--events", $"{SimulatedEvents}", "--seed", "7", "--out", simulated), ct);
        var retail = DatasetFiles.FindShared("online-retail/online_retail.csv.gz");
        var clicks = DatasetFiles.FindShared("yoochoose-100k/train.tsv.gz");
        return
        [
            (retail ?? "sample", "online-retail"),
            .. clicks is null ? [] : new[] { (clicks, "yoochoose") },
            (simulated, "events"),
        ];
    }

    private async Task<(JsonObject Stats, int Kills)> ReplayAllAsync(
        string name, (string File, string Format)[] datasets, long[] killAt, CancellationToken ct)
    {
        var data = Path.Combine(_directory, name);
        var service = await ServiceProcess.ServeAsync(data, "http://127.0.0.1:0", ct);
        // The same port from now on: the replay goes on by itself when the service is back.
        var address = service.Address!;
        var replaying = Task.Run(async () =>
        {
            foreach (var (file, format) in datasets)
                await ReplayAsync(file, format, address, Path.Combine(_directory, name), ct);
        }, ct);
        var kills = 0;
        try
        {
            foreach (var offset in killAt)
            {
                await WaitUntilHandledAsync(address, offset, replaying, ct);
                await service.KillAsync(ct);
                // Every second time the replay dies, too, and is resumed.
                if (++kills % 2 == 0 && _replay is { } replay) await replay.KillAsync(ct);
                await service.DisposeAsync();
                service = await ServiceProcess.ServeAsync(data, $"{address}", ct);
            }
            await replaying;
            using var client = new HttpClient { BaseAddress = address };
            var stats = await client.GetStringAsync("v1/stats?wait=true", ct);
            return (JsonNode.Parse(stats)!.AsObject(), kills);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    /// <summary>Replays a dataset to its end, however often the replay is killed.</summary>
    private async Task ReplayAsync(
        string file, string format, Uri address, string name, CancellationToken ct)
    {
        string[] resume = [];
        while (true)
        {
            await using var replay = ServiceProcess.Start(["replay", file, "--format", format,
                "--to", $"{address}", "--skip-bad", "--state", $"{name}.replay", .. resume]);
            _replay = replay;
            var (code, output, errors) = await replay.EndAsync(ct);
            _replay = null;
            if (code == 0) return;
            Assert.True(code == KilledCode,
                $"The replay of {file} ended with {code}:\n{output}{errors}");
            resume = ["--resume"];
        }
    }

    /// <summary>Returns when the engine has handled that many events, or all.</summary>
    private static async Task WaitUntilHandledAsync(
        Uri address, long offset, Task replaying, CancellationToken ct)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await timer.WaitForNextTickAsync(ct) && !replaying.IsCompleted)
        {
            var ready = JsonNode.Parse(await client.GetStringAsync("readyz", ct))!;
            if (ready["handled"]!.GetValue<long>() >= offset) return;
        }
    }

    private static async Task RunAsync(ServiceProcess verb, CancellationToken ct)
    {
        await using (verb)
        {
            var (code, output, errors) = await verb.EndAsync(ct);
            Assert.True(code == 0, $"It ended with {code}:\n{output}{errors}");
        }
    }

    internal static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : otherwise;
}
