using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>What the engine does when the log has less than it should, or cannot be read.</summary>
public sealed class LogFaultTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Events_that_retention_took_first_are_counted_as_lost_and_the_shop_goes_on()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog(1, _time, retentionCount: 50);
        for (var start = 0; start < 2; start++)
        {
            using var engine = Open(log);
            await engine.LoadAsync(ct);
            // The engine stands at an offset that is gone when it asks for it.
            var events = new RandomShop(start).Events(200)
                .Select(e => e with { Id = new($"{start}-{e.Id.Value}") });
            await EngineRun.AppendAsync(log, events, ct);
            using var stop = new CancellationTokenSource();
            var running = engine.RunAsync(stop.Token);
            await engine.CatchUpAsync(ct);
            Assert.Equal(150 * (start + 1), engine.LostEvents);
            Assert.Equal(200 * (start + 1), engine.HandledEvents);
            await stop.CancelAsync();
            await running;
        }
        await EngineRun.AppendAsync(log, new RandomShop(3).Events(60), ct);
        using var last = Open(log);
        await last.LoadAsync(ct);
        Assert.Equal(310, last.LostEvents);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_disk_that_comes_back_after_a_moment_does_not_stop_the_engine()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = new FaultyReads(new MemoryEventLog(1, _time), faults: 5);
        await EngineRun.AppendAsync(log, new RandomShop(1).Events(100), ct);
        using var engine = Open(log);
        await engine.LoadAsync(ct);
        using var stop = new CancellationTokenSource();
        var running = engine.RunAsync(stop.Token);

        await PassTimeUntilAsync(engine.CatchUpAsync(ct));

        Assert.Equal(100, engine.HandledEvents);
        await stop.CancelAsync();
        await running;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_disk_that_stays_away_stops_the_engine_and_whoever_waits_is_told()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = new FaultyReads(new MemoryEventLog(1, _time), int.MaxValue);
        await EngineRun.AppendAsync(log, new RandomShop(1).Events(100), ct);
        using var engine = Open(log);
        await engine.LoadAsync(ct);
        var before = engine.CatchUpAsync(ct);
        var running = engine.RunAsync(ct);

        await PassTimeUntilAsync(running);

        await Assert.ThrowsAsync<IOException>(() => running);
        await Assert.ThrowsAsync<IOException>(() => before);
        await Assert.ThrowsAsync<IOException>(() => engine.CatchUpAsync(ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_wait_that_is_given_up_is_not_kept()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog(1, _time);
        using var forgotten = new ForgottenVisitors(_directory.In("forgotten.marks"), [0]);
        using var runner = new PartitionRunner(0, log, EngineRun.Options(_directory), forgotten,
            ProjectionSet.Build, new ItemNumbers(100), _time, NullLogger.Instance);
        await runner.LoadAsync(new HashSet<string>(), ct);
        using var giveUp = new CancellationTokenSource();
        var waiting = runner.WaitForAsync(1, giveUp.Token);
        Assert.Equal(1, runner.WaitCount);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, runner.WaitCount);
    }

    private CommerceEngine Open(IEventLog log) => new(
        log, EngineRun.Options(_directory), _time, NullLogger<CommerceEngine>.Instance);

    private async Task PassTimeUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
