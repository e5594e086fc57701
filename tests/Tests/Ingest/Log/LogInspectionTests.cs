using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Log;

public sealed class LogInspectionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Beside_the_running_service_it_shows_what_the_log_holds_and_who_lags()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = await FillAsync();
        await log.CommitCheckpointAsync("sessions", 0, 250, ct);

        var found = LogInspection.OfDirectory(_directory.Path, ct);

        var partition = Assert.Single(found.Partitions);
        Assert.Equal(log.GetStatus(0), new PartitionStatus(
            0, partition.FirstOffset, partition.NextOffset, partition.Bytes));
        Assert.True(partition.SegmentCount > 3);
        Assert.Null(partition.Damage);
        Assert.Equal([new ConsumerInspection("sessions", 0, 250, 50)], found.Consumers);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_open_log_tells_the_same_without_a_look_at_its_files()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = await FillAsync();
        await log.CommitCheckpointAsync("sessions", 0, 300, ct);

        var found = await LogInspection.OfAsync(log, ct);

        Assert.Equal(300, Assert.Single(found.Partitions).NextOffset);
        Assert.Equal([new ConsumerInspection("sessions", 0, 300, 0)], found.Consumers);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_finds_damage_and_says_where()
    {
        var ct = TestContext.Current.CancellationToken;
        await (await FillAsync()).DisposeAsync();
        var path = Directory.GetFiles(Path.Combine(_directory.Path, "p00"), "*.seg")
            .Order().First();
        var bytes = await File.ReadAllBytesAsync(path, ct);
        bytes[1_000] ^= 4;
        await File.WriteAllBytesAsync(path, bytes, ct);

        var partition = Assert.Single(
            LogInspection.OfDirectory(_directory.Path, ct).Partitions);

        Assert.StartsWith(path, partition.Damage, StringComparison.Ordinal);
        Assert.Equal(300, partition.NextOffset);
    }

    [Fact]
    public void Where_there_is_no_log_it_says_so() =>
        Assert.Throws<DirectoryNotFoundException>(
            () => LogInspection.OfDirectory(_directory.Path, default));

    private async Task<EmbeddedEventLog> FillAsync()
    {
        var log = EmbeddedEventLog.Open(
            new EmbeddedLogOptions
            {
                Directory = _directory.Path,
                PartitionCount = 1,
                SegmentBytes = 4096,
            },
            TimeProvider.System);
        for (var i = 0; i < 300; i += 10)
            await log.AppendAsync(LogSamples.Views("ann", 10, i), default);
        return log;
    }
}
