using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Log;

public sealed class MemoryEventLogTests : EventLogContract
{
    protected override IEventLog Make(int partitionCount, bool retention = false) =>
        new MemoryEventLog(partitionCount, Time,
            retentionTime: retention ? TimeSpan.FromHours(1) : null);

    protected override IEventLog Make(int partitionCount, TimeProvider time) =>
        new MemoryEventLog(partitionCount, time);

    protected override void ApplyRetention(IEventLog log) =>
        ((MemoryEventLog)log).ApplyRetention();

    [Fact(Timeout = 30_000)]
    public async Task It_keeps_as_many_events_as_it_was_told()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog(1, Time, retentionCount: 10);
        await log.AppendAsync(LogSamples.Views("ann", 25), ct);

        Assert.Equal(LogSamples.Views("ann", 10, 15).Ids(), (await log.ReadToEndAsync(0)).Ids());
    }
}
