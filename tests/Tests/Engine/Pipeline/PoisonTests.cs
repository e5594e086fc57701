using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>One bad event does not stop a shop.</summary>
public sealed class PoisonTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_event_that_one_projection_refuses_reaches_the_others()
    {
        var events = new RandomShop(1).Events(100);
        using var run = new GraphRun(build: _ =>
        [
            new CountingProjection(1, e => e.Event.Id.Value.EndsWith('7')), new SalesProjection(),
        ]);

        run.Push(events);

        Assert.Equal(90, run.Get<CountingProjection>().Count);
        Assert.Equal(100, run.Get<SalesProjection>().Sources.Values.Sum());
        Assert.Equal(10, run.Poison.Count);
        Assert.All(run.Poison, letter => Assert.Equal("counting", letter.Projection));
        Assert.Equal(7, run.Poison[0].Event.Offset);
    }

    [Fact]
    public void A_session_change_that_a_projection_refuses_is_its_letter_and_the_event_goes_on()
    {
        using var run = new GraphRun(build: graph =>
        {
            graph.WatchSessions("owner", _ => throw new FormatException("no"));
            return [new CountingProjection(1)];
        });

        run.AdvanceTo(RandomShop.Start.AddHours(2));

        Assert.Equal("owner", Assert.Single(run.Poison).Projection);
        Assert.Equal(1, run.Get<CountingProjection>().Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_letter_is_written_once_though_the_event_is_read_again_after_a_crash()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog(2, new FakeTimeProvider());
        await EngineRun.AppendAsync(log, new RandomShop(2).Events(200), ct);
        using var crash = await RunAsync(log, _directory, ct);
        // The state of the crash is gone with its disk block; its letters are not.
        Directory.Delete(crash.In("state"), recursive: true);

        using var again = await RunAsync(log, crash, ct);

        var letters = Directory.GetFiles(again.In("dead-letters")).SelectMany(File.ReadAllLines);
        Assert.Equal(20, letters.Count());
    }

    [Fact]
    public void An_event_that_fails_before_any_projection_is_a_letter_and_the_shop_goes_on()
    {
        var events = new RandomShop(1).Events(20);
        using var run = new GraphRun();
        run.Push(events[..10]);

        // Its session would end after the last moment that there is.
        run.Push(events[10] with { Source = "/far", Time = DateTimeOffset.MaxValue });
        run.Push(events[11..]);

        var letter = Assert.Single(run.Poison);
        Assert.Equal((10, PartitionGraph.Name), (letter.Event.Offset, letter.Projection));
        Assert.Equal(19, run.Get<SalesProjection>().Sources.Values.Sum());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_refused_event_that_has_no_text_does_not_stop_the_shop()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var log = new MemoryEventLog(1, new FakeTimeProvider());
        var events = new RandomShop(2).Events(20);
        using var half = JsonDocument.Parse("\"\\ud800\"");
        events[7] = events[7] with
        {
            UnknownData = new Dictionary<string, JsonElement> { ["note"] = half.RootElement },
        };
        await EngineRun.AppendAsync(log, events, ct);

        await using var run = await EngineRun.StartAsync(
            log, EngineRun.Options(_directory), ct, _ =>
            [
                new CountingProjection(1, e => e.Event.Id.Value == "e7"), new SalesProjection(),
            ]);
        await run.Engine.CatchUpAsync(ct);

        Assert.Equal(1, run.Engine.DeadLetters);
        Assert.Equal(20, run.Engine.HandledEvents);
    }

    private static async Task<TemporaryDirectory> RunAsync(
        IEventLog log, TemporaryDirectory directory, CancellationToken ct)
    {
        await using var run = await EngineRun.StartAsync(log, EngineRun.Options(directory), ct, _ =>
        [
            new CountingProjection(1, e => e.Event.Id.Value.EndsWith('7')), new SalesProjection(),
        ]);
        await run.Engine.CatchUpAsync(ct);
        Assert.Equal(20, run.Engine.DeadLetters);
        Assert.Equal(200, run.Engine.HandledEvents);
        return directory.Copy();
    }
}
