using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>An engine over a log, from loading to stopping.</summary>
internal sealed class EngineRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private EngineRun(CommerceEngine engine) => Engine = engine;

    public CommerceEngine Engine { get; }

    public static EngineOptions Options(TemporaryDirectory directory) => new()
    {
        Directory = directory.Path,
        BatchLimit = 16,
        CheckpointEvents = 50,
    };

    public static CommerceEngine Open(
        IEventLog log,
        EngineOptions options,
        Func<PartitionGraph, IReadOnlyList<IProjection>>? build = null) =>
        new(log, options, new FakeTimeProvider(), NullLogger<CommerceEngine>.Instance, build);

    public static async Task<EngineRun> StartAsync(
        IEventLog log,
        EngineOptions options,
        CancellationToken ct,
        Func<PartitionGraph, IReadOnlyList<IProjection>>? build = null)
    {
        var run = new EngineRun(Open(log, options, build));
        try
        {
            await run.Engine.LoadAsync(ct);
        }
        catch
        {
            run.Engine.Dispose();
            throw;
        }
        run._running = run.Engine.RunAsync(run._stop.Token);
        return run;
    }

    public static async Task AppendAsync(
        IEventLog log, IEnumerable<CommerceEvent> events, CancellationToken ct)
    {
        foreach (var batch in events.Chunk(25)) await log.AppendAsync(batch, ct);
    }

    /// <summary>The answers of every partition once all that is in the log is handled.</summary>
    public async Task<string[]> AnswerAsync(CancellationToken ct)
    {
        await Engine.CatchUpAsync(ct);
        return AnswersOf(Engine);
    }

    public static string[] AnswersOf(CommerceEngine engine) =>
        [.. Enumerable.Range(0, engine.PartitionCount).SelectMany(partition => engine
            .Read<SalesProjection, string[]>(partition, (graph, _) => Answers.Of(graph)))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Engine.Dispose();
        _stop.Dispose();
    }
}
