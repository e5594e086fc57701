using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class CommerceEngineTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryEventLog _log = new(3, new FakeTimeProvider());
    private readonly CommerceEvent[] _events =
        new RandomShop(5) { Visitors = 50, Sources = 2, LateShare = 0.02 }.Events(2_000);

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _directory.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task The_answers_do_not_depend_on_how_many_events_are_handled_at_a_time()
    {
        var ct = TestContext.Current.CancellationToken;
        await EngineRun.AppendAsync(_log, _events, ct);
        var answers = new List<string[]>();
        foreach (var limit in new[] { 1, 7, 1_000 })
        {
            using var directory = new TemporaryDirectory();
            var options = EngineRun.Options(directory);
            options.BatchLimit = limit;
            await using var run = await EngineRun.StartAsync(_log, options, ct);
            answers.Add(await run.AnswerAsync(ct));
        }
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Stopping_writes_the_last_checkpoint_and_starting_goes_on_from_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = EngineRun.Options(_directory);
        foreach (var part in _events.Chunk(333))
        {
            await EngineRun.AppendAsync(_log, part, ct);
            string[] before;
            await using (var run = await EngineRun.StartAsync(_log, options, ct))
                before = await run.AnswerAsync(ct);

            using var stopped = EngineRun.Open(_log, options);
            await stopped.LoadAsync(ct);
            Assert.Equal(0, stopped.Lag);
            Assert.Equal(before, EngineRun.AnswersOf(stopped));
        }
        Assert.Equal(await AnswerUninterruptedAsync(ct), await ReadSavedAsync(options, ct));
        var notes = await _log.GetCheckpointsAsync(ct);
        Assert.Equal(_events.Length, notes.Sum(note => note.NextOffset));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_crash_at_any_moment_loses_no_event_and_counts_none_twice(int seed)
    {
        var ct = TestContext.Current.CancellationToken;
        var random = new Random(seed);
        var crashes = new List<TemporaryDirectory>();
        await using (var run = await EngineRun.StartAsync(_log, EngineRun.Options(_directory), ct))
        {
            foreach (var part in _events.Chunk(100))
            {
                await EngineRun.AppendAsync(_log, part, ct);
                if (random.Next(2) == 0) await run.Engine.CatchUpAsync(ct);
                crashes.Add(_directory.Copy());
            }
        }
        var expected = await AnswerUninterruptedAsync(ct);
        foreach (var crash in crashes)
        {
            await using (var run = await EngineRun.StartAsync(_log, EngineRun.Options(crash), ct))
                Assert.Equal(expected, await run.AnswerAsync(ct));
            crash.Dispose();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_crash_of_the_log_and_the_engine_together_counts_every_event_once()
    {
        var ct = TestContext.Current.CancellationToken;
        var appended = 0;
        var crashes = new List<(TemporaryDirectory State, TemporaryDirectory Log, int Appended)>();
        using var directory = new TemporaryDirectory();
        await using (var log = OpenEmbedded(directory))
        await using (await EngineRun.StartAsync(log, EngineRun.Options(_directory), ct))
        {
            foreach (var part in _events.Chunk(250))
            {
                await EngineRun.AppendAsync(log, part, ct);
                appended += part.Length;
                // The state before the log: it is never ahead of what the log has made durable.
                crashes.Add((_directory.Copy(), directory.Copy(), appended));
            }
        }
        foreach (var crash in crashes)
        {
            await using (var log = OpenEmbedded(crash.Log))
            await using (var run =
                await EngineRun.StartAsync(log, EngineRun.Options(crash.State), ct))
            {
                await run.Engine.CatchUpAsync(ct);
                Assert.Equal(crash.Appended, CountEvents(run.Engine));
                // What the sender did not see acknowledged it sends again.
                await EngineRun.AppendAsync(log, _events.Skip(crash.Appended - 100), ct);
                await run.Engine.CatchUpAsync(ct);
                Assert.Equal(_events.Length, CountEvents(run.Engine));
            }
            crash.State.Dispose();
            crash.Log.Dispose();
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("sales")]
    [InlineData("sessions", "funnel")]
    [InlineData]
    public async Task A_rebuilt_projection_answers_as_before(params string[] names)
    {
        var ct = TestContext.Current.CancellationToken;
        var options = EngineRun.Options(_directory);
        options.VisitorLimit = 100;
        await EngineRun.AppendAsync(_log, _events, ct);
        string[] before;
        await using (var run = await EngineRun.StartAsync(_log, options, ct))
            before = await run.AnswerAsync(ct);

        using (var engine = EngineRun.Open(_log, options))
        {
            await engine.RebuildAsync(names, ct);
            Assert.Equal(before, EngineRun.AnswersOf(engine));
        }
        Assert.Equal(before, await ReadSavedAsync(options, ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task Rebuilding_what_there_is_not_is_refused_by_name()
    {
        var ct = TestContext.Current.CancellationToken;
        using var engine = EngineRun.Open(_log, EngineRun.Options(_directory));

        var refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => engine.RebuildAsync(["sesions"], ct));

        Assert.Contains("'sesions'", refusal.Message);
        Assert.Contains("sessions", refusal.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_projection_of_a_new_version_is_rebuilt_at_the_start_and_saved()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = EngineRun.Options(_directory);
        await EngineRun.AppendAsync(_log, _events, ct);
        await using (var run = await EngineRun.StartAsync(_log, options, ct, CountWith(version: 1)))
            await run.Engine.CatchUpAsync(ct);

        for (var start = 0; start < 2; start++)
        {
            CountingProjection.Applied = 0;
            await using var run =
                await EngineRun.StartAsync(_log, options, ct, CountWith(version: 2));
            await run.Engine.CatchUpAsync(ct);
            Assert.Equal(_events.Length, Sum<CountingProjection>(run.Engine, c => c.Count));
            Assert.Equal(
                _events.Length, Sum<SalesProjection>(run.Engine, s => s.Sources.Values.Sum()));
            Assert.Equal(start == 0 ? _events.Length : 0, CountingProjection.Applied);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task State_that_is_ahead_of_the_log_is_an_error_that_says_what_to_do()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = EngineRun.Options(_directory);
        await EngineRun.AppendAsync(_log, _events, ct);
        await using (var run = await EngineRun.StartAsync(_log, options, ct))
            await run.Engine.CatchUpAsync(ct);
        await using var empty = new MemoryEventLog(3, new FakeTimeProvider());

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => EngineRun.StartAsync(empty, options, ct));

        Assert.Contains(_directory.Path, error.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task Damaged_state_is_built_anew_from_the_log()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = EngineRun.Options(_directory);
        await EngineRun.AppendAsync(_log, _events, ct);
        string[] before;
        await using (var run = await EngineRun.StartAsync(_log, options, ct))
            before = await run.AnswerAsync(ct);

        foreach (var file in Directory.GetFiles(_directory.In("state")))
            await File.WriteAllTextAsync(file, "not a state file", ct);
        await using (var run = await EngineRun.StartAsync(_log, options, ct))
            Assert.Equal(before, await run.AnswerAsync(ct));
        Assert.Equal(before, await ReadSavedAsync(options, ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task Waiting_for_an_engine_that_stops_ends()
    {
        var ct = TestContext.Current.CancellationToken;
        var run = await EngineRun.StartAsync(_log, EngineRun.Options(_directory), ct, SlowBuild());
        await EngineRun.AppendAsync(_log, _events, ct);
        var waiting = run.Engine.CatchUpAsync(ct);

        await run.DisposeAsync();

        await waiting.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.True(waiting.IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_log_that_cannot_be_read_stops_the_engine_with_its_fault()
    {
        var ct = TestContext.Current.CancellationToken;
        await EngineRun.AppendAsync(_log, _events, ct);
        using var engine = EngineRun.Open(_log, EngineRun.Options(_directory));
        await engine.LoadAsync(ct);
        var running = engine.RunAsync(ct);
        await engine.CatchUpAsync(ct);

        await _log.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        Assert.Equal(_events.Length, engine.HandledEvents);
    }

    private static Func<PartitionGraph, IReadOnlyList<IProjection>> CountWith(int version) =>
        _ => [new SalesProjection(), new CountingProjection(version)];

    private static EmbeddedEventLog OpenEmbedded(TemporaryDirectory directory) => EmbeddedEventLog
        .Open(new EmbeddedLogOptions { Directory = directory.Path }, new FakeTimeProvider());

    private static long CountEvents(CommerceEngine engine) =>
        Sum<SalesProjection>(engine, sales => sales.Sources.Values.Sum());

    private static Func<PartitionGraph, IReadOnlyList<IProjection>> SlowBuild() =>
        graph => [new SalesProjection(), new SlowProjection()];

    private static long Sum<T>(CommerceEngine engine, Func<T, long> count)
        where T : class, IProjection
    {
        var sum = 0L;
        engine.ReadEach<T>((_, projection) => sum += count(projection));
        return sum;
    }

    private async Task<string[]> AnswerUninterruptedAsync(CancellationToken ct)
    {
        using var directory = new TemporaryDirectory();
        await using var run = await EngineRun.StartAsync(_log, EngineRun.Options(directory), ct);
        return await run.AnswerAsync(ct);
    }

    private async Task<string[]> ReadSavedAsync(
        EngineOptions options, CancellationToken ct)
    {
        using var engine = EngineRun.Open(_log, options);
        await engine.LoadAsync(ct);
        return EngineRun.AnswersOf(engine);
    }
}
