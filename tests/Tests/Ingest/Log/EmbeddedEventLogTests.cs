using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Log;

public sealed class EmbeddedEventLogTests : EventLogContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    protected override IEventLog Make(int partitionCount, bool retention = false) =>
        EmbeddedEventLog.Open(Options(partitionCount, retention), Time);

    protected override IEventLog Make(int partitionCount, TimeProvider time) =>
        EmbeddedEventLog.Open(Options(partitionCount, retention: false), time);

    protected override void ApplyRetention(IEventLog log) =>
        ((EmbeddedEventLog)log).ApplyRetention();

    [Fact(Timeout = 30_000)]
    public async Task Everything_is_there_again_after_a_restart()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = Options(3, retention: false);
        await using (var log = EmbeddedEventLog.Open(options, Time))
        {
            for (var i = 0; i < 500; i += 10)
                await log.AppendAsync(LogSamples.Views($"v{i % 7}", 10, i), ct);
            await log.CommitCheckpointAsync("sessions", 2, 42, ct);
        }

        await using var again = EmbeddedEventLog.Open(options, Time);
        await again.AppendAsync(LogSamples.Views("late", 1), ct);

        Assert.Equal(501, (await again.ReadAllToEndAsync()).Count);
        Assert.Equal([new("sessions", 2, 42)], await again.GetCheckpointsAsync(ct));
        Assert.Equal(0, again.TornBytes);
    }

    [Fact(Timeout = 30_000)]
    public async Task Offsets_go_on_after_retention_and_a_restart()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = Options(1, retention: true);
        await using (var log = EmbeddedEventLog.Open(options, Time))
        {
            for (var i = 0; i < 600; i += 20)
                await log.AppendAsync(LogSamples.Views("ann", 20, i), ct);
        }
        Time.Advance(TimeSpan.FromDays(1));

        await using var again = EmbeddedEventLog.Open(options, Time);
        again.ApplyRetention();
        await again.AppendAsync(LogSamples.Views("ann", 1, 600), ct);

        var status = again.GetStatus(0);
        Assert.InRange(status.FirstOffset, 1, 599);
        Assert.Equal(601, status.NextOffset);
        Assert.Equal("ann-600", (await again.ReadToEndAsync(0))[^1].Event.Id.Value);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_partition_is_kept_below_its_size_by_removing_the_oldest()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = Options(1, retention: false);
        options.RetentionBytes = 16 * 1024;
        await using var log = EmbeddedEventLog.Open(options, Time);
        for (var i = 0; i < 1_000; i += 20)
            await log.AppendAsync(LogSamples.Views("ann", 20, i), ct);
        log.ApplyRetention();

        Assert.InRange(log.GetStatus(0).Bytes, 8 * 1024, 16 * 1024);
        Assert.Equal("ann-999", (await log.ReadToEndAsync(0))[^1].Event.Id.Value);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_service_on_the_same_log_is_told_that_it_is_open()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);

        var refused = Assert.Throws<IOException>(() => Make(1));

        Assert.Contains("another process has it open", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Another_partition_count_than_the_logs_own_is_refused()
    {
        var ct = TestContext.Current.CancellationToken;
        await Make(2).DisposeAsync();

        var refused = Assert.Throws<ArgumentException>(() => Make(3));

        Assert.Contains("Log:PartitionCount is 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Closing_waits_for_the_appends_under_way()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = Options(1, retention: false);
        var appends = new List<Task>();
        await using (var log = EmbeddedEventLog.Open(options, Time))
        {
            for (var i = 0; i < 200; i++)
                appends.Add(log.AppendAsync(LogSamples.Views("ann", 5, i * 5), ct).AsTask());
        }
        await Task.WhenAll(appends);

        await using var again = EmbeddedEventLog.Open(options, Time);
        Assert.Equal(1_000, again.GetStatus(0).NextOffset);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_event_too_large_for_a_record_is_refused_and_harms_nobody()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = Make(1);

        await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync(
            [LogSamples.View("ann", 0), LogSamples.View("ann", 1, padding: 2_000_000)], ct));
        await log.AppendAsync([LogSamples.View("ann", 2)], ct);

        Assert.Equal(["ann-2"], (await log.ReadToEndAsync(0)).Ids());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_kill_at_any_moment_loses_nothing_that_was_acknowledged()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = Options(2, retention: false);
        var acknowledged = 0;
        await using var log = EmbeddedEventLog.Open(options, Time);
        using var stop = new CancellationTokenSource();
        var appending = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await log.AppendAsync([LogSamples.View($"v{i % 9}", i)], ct);
                Volatile.Write(ref acknowledged, i + 1);
            }
        });
        for (var kill = 0; kill < 15; kill++)
        {
            using var copy = new TemporaryDirectory();
            while (Volatile.Read(ref acknowledged) < kill * 40) await Task.Yield();
            var count = Volatile.Read(ref acknowledged);
            CopyMarksFirst(options.Directory, copy.Path);
            var copied = Options(2, retention: false);
            copied.Directory = copy.Path;
            await using var survivor = EmbeddedEventLog.Open(copied, Time);
            var ids = (await survivor.ReadAllToEndAsync()).Ids().ToHashSet();

            Assert.All(Enumerable.Range(0, count), i => Assert.Contains($"v{i % 9}-{i}", ids));
        }
        await stop.CancelAsync();
        await appending;
    }

    // A copy is no snapshot: a mark that is copied, or a file that is listed, after the others
    // would promise more than is in the copy. So marks come first, and segments are listed then.
    private static void CopyMarksFirst(string from, string to)
    {
        foreach (var pattern in (string[])["log.json", "mark", "*.seg"])
        {
            foreach (var path in Directory.GetFiles(from, pattern, SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, path));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllBytes(target, ReadUnchanged(path));
            }
        }
    }

    // Twice the same, so that no append fell into the middle of the reading.
    private static byte[] ReadUnchanged(string path)
    {
        var bytes = Read();
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var again = Read();
            if (again.AsSpan().SequenceEqual(bytes)) return bytes;
            bytes = again;
        }
        throw new InvalidOperationException($"{path} does not come to rest.");

        byte[] Read()
        {
            using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            return copy.ToArray();
        }
    }

    private EmbeddedLogOptions Options(int partitionCount, bool retention) => new()
    {
        Directory = _directory.Path,
        PartitionCount = partitionCount,
        SegmentBytes = 4096,
        RetentionTime = retention ? TimeSpan.FromHours(1) : null,
    };
}
