using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Log;

public sealed class LogSnapshotTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Beside_the_running_service_it_reads_what_is_acknowledged_and_no_more()
    {
        await using var log = await FillAsync(300);
        var snapshot = LogSnapshot.Of(_directory.Path);
        await log.AppendAsync(LogSamples.Views("bob", 50), Ct);

        var ids = snapshot.Read(null, Ct).Ids();

        Assert.Equal(LogSamples.Views("ann", 300).Ids().Order(), ids.Order());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_partitions_events_come_in_their_order()
    {
        await using var log = await FillAsync(300);

        var expected = (await log.ReadAllToEndAsync()).Ids();

        Assert.Equal(expected, LogSnapshot.Of(_directory.Path).Read(null, Ct).Ids());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_event_comes_with_its_place_in_the_log()
    {
        await using var log = await FillAsync(300);

        var places = LogSnapshot.Of(_directory.Path).Read(null, Ct)
            .Select(e => (e.Partition, e.Offset));

        Assert.Equal(Enumerable.Range(0, 300).Select(offset => (0, (long)offset)), places);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stopped_services_log_is_read_whole()
    {
        await (await FillAsync(25)).DisposeAsync();

        Assert.Equal(25, LogSnapshot.Of(_directory.Path).Read(null, Ct).Count());
    }

    [Fact(Timeout = 30_000)]
    public async Task Bytes_that_are_not_acknowledged_are_not_read()
    {
        await (await FillAsync(10)).DisposeAsync();
        var segment = Directory.GetFiles(Path.Combine(_directory.Path, "p00"), "*.seg")
            .Order().Last();
        var bytes = await File.ReadAllBytesAsync(segment, Ct);
        // A group that was written once more behind itself, and no mark that knows of it.
        await File.WriteAllBytesAsync(segment, [.. bytes, .. bytes[40..]], Ct);

        Assert.Equal(10, LogSnapshot.Of(_directory.Path).Read(null, Ct).Count());
    }

    [Fact(Timeout = 30_000)]
    public async Task Damage_is_told_with_its_place_after_what_is_in_front_of_it()
    {
        await (await FillAsync(10)).DisposeAsync();
        var segment = Directory.GetFiles(Path.Combine(_directory.Path, "p00"), "*.seg")
            .Order().Last();
        var bytes = await File.ReadAllBytesAsync(segment, Ct);
        bytes[^1] ^= 4;
        await File.WriteAllBytesAsync(segment, bytes, Ct);
        var read = 0;

        var damage = Assert.Throws<LogCorruptException>(() =>
        {
            foreach (var _ in LogSnapshot.Of(_directory.Path).Read(null, Ct)) read++;
        });

        Assert.Equal(9, read);
        Assert.StartsWith(segment, damage.Message, StringComparison.Ordinal);
        Assert.Contains("offset 9", damage.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_segment_that_retention_removed_meanwhile_is_passed_over()
    {
        await using var log = await FillAsync(300);
        var snapshot = LogSnapshot.Of(_directory.Path);
        File.Delete(Directory.GetFiles(Path.Combine(_directory.Path, "p00"), "*.seg")
            .Order().First());

        var ids = snapshot.Read(null, Ct).Ids();

        Assert.NotEmpty(ids);
        Assert.True(ids.Length < 300);
        Assert.Equal("ann-299", ids[^1]);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_tells_how_many_bytes_are_read_of_how_many()
    {
        await using var log = await FillAsync(300);
        var snapshot = LogSnapshot.Of(_directory.Path);
        var told = new Told();

        Assert.Equal(300, snapshot.Read(told, Ct).Count());

        Assert.Equal(snapshot.Bytes, told.Last);
    }

    [Fact]
    public void Where_there_is_no_log_it_says_so() =>
        Assert.Throws<DirectoryNotFoundException>(() => LogSnapshot.Of(_directory.Path));

    private async Task<EmbeddedEventLog> FillAsync(int count)
    {
        var log = EmbeddedEventLog.Open(
            new EmbeddedLogOptions
            {
                Directory = _directory.Path,
                PartitionCount = 1,
                SegmentBytes = 4096,
            },
            TimeProvider.System);
        for (var i = 0; i < count; i += 5)
            await log.AppendAsync(LogSamples.Views("ann", 5, i), Ct);
        return log;
    }

    private sealed class Told : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value) => Last = value;
    }
}
