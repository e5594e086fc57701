using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>State that is not what it should be, built from the log.</summary>
public sealed class RebuildTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryEventLog _log = new(2, new FakeTimeProvider());

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _directory.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_rebuild_without_names_is_as_if_the_engine_had_never_run_before()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = EngineRun.Options(_directory);
        await RunAsync(options, ct);

        // Another rule of what is late changes what every projection is told.
        using var fresh = new TemporaryDirectory();
        var others = EngineRun.Options(fresh);
        options.EventTime = others.EventTime =
            new EventTimeOptions { AllowedLateness = TimeSpan.FromMinutes(5) };
        await using var run = await EngineRun.StartAsync(_log, others, ct);
        using var engine = EngineRun.Open(_log, options);
        await engine.RebuildAsync([], ct);

        Assert.Equal(await run.AnswerAsync(ct), EngineRun.AnswersOf(engine));
    }

    [Fact(Timeout = 30_000)]
    public async Task State_that_cannot_be_read_is_built_from_the_log()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = EngineRun.Options(_directory);
        var before = await RunAsync(options, ct);
        using var held = new FileStream(
            _directory.In("state/p00.state"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        await using var run = await EngineRun.StartAsync(_log, options, ct);

        Assert.Equal(before, await run.AnswerAsync(ct));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_reads_another_projection_is_rebuilt_with_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var options = EngineRun.Options(_directory);
        await RunAsync(options, ct);
        var before = await SessionsAsync(options, ct);
        using (var engine = EngineRun.Open(_log, options))
            await engine.RebuildAsync(["recent-sessions"], ct);

        Assert.NotEmpty(before);
        Assert.Equal(before, await SessionsAsync(options, ct));
    }

    private async Task<string[]> SessionsAsync(EngineOptions options, CancellationToken ct)
    {
        await using var run = await EngineRun.StartAsync(_log, options, ct);
        return [.. Enumerable.Range(0, run.Engine.PartitionCount)
            .SelectMany(partition => run.Engine.GraphOf(partition).Projections
                .OfType<RecentSessionsProjection>().Single().Sessions)
            .Select(session => $"{session.EndTicks} {session.Owner} {session.Items.Length}")];
    }

    [Fact]
    public void A_lower_limit_of_products_keeps_what_is_known_of_those_that_have_a_place()
    {
        var options = new EngineOptions();
        using var run = new GraphRun(options);
        run.Push(new RandomShop(1).Events(200));
        var known = run.Graph.Products.All[..5].ToArray();
        var before = Answers.Of(run.Graph);

        options.ProductLimit = 5;
        run.Restart(everything: true);

        var after = Answers.Of(run.Graph);
        Assert.Equal(known, run.Graph.Products.All.ToArray());
        // Counts, trends and two kinds of pairs; of these only those among products with a place
        // remain.
        var lines = after.Where(line => line.StartsWith('p')).ToList();
        Assert.Equal(4 * 5, lines.Count);
        Assert.True(before.Intersect(lines).Count() >= 2 * 5);
    }

    private async Task<string[]> RunAsync(EngineOptions options, CancellationToken ct)
    {
        await EngineRun.AppendAsync(_log, new RandomShop(5).Events(500), ct);
        await using var run = await EngineRun.StartAsync(_log, options, ct);
        return await run.AnswerAsync(ct);
    }
}
