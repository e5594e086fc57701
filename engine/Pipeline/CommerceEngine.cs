using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// The engine: one runner a partition of the log, each with its own graph of projections. What
/// is asked of the whole shop is added up over the partitions at the time of asking.
/// </summary>
public sealed class CommerceEngine : IDisposable
{
    /// <summary>The engine's name among the log's consumers.</summary>
    public const string Consumer = "engine";

    private static readonly IReadOnlySet<string> Nothing = new HashSet<string>();

    private readonly IEventLog _log;
    private readonly ForgottenVisitors _forgotten;
    private readonly PartitionRunner[] _runners;

    /// <param name="log">Where the events come from; stays the caller's.</param>
    /// <param name="options">Checked here: throws <see cref="ValidationException"/>.</param>
    /// <param name="time">For checkpoint intervals only.</param>
    /// <param name="logger">For lifecycle and faults.</param>
    /// <param name="projections">What each partition keeps;
    /// <see cref="ProjectionSet.Build"/> unless a test says otherwise.</param>
    /// <param name="items">The shop's own numbers of the products; its own where it is null.
    /// </param>
    public CommerceEngine(
        IEventLog log,
        EngineOptions options,
        TimeProvider time,
        ILogger<CommerceEngine> logger,
        Func<PartitionGraph, IReadOnlyList<IProjection>>? projections = null,
        ItemNumbers? items = null)
    {
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        Validator.ValidateObject(
            options.EventTime, new(options.EventTime), validateAllProperties: true);
        _log = log;
        Items = items ?? new ItemNumbers(options.ProductLimit);
        Sessions = new ShopSessions(options.RecentSessionLimit);
        _forgotten = new(
            options.ForgottenFile ?? Path.Combine(options.Directory, "forgotten.marks"),
            [.. Enumerable.Range(0, log.PartitionCount)
                .Select(partition => log.FindStatus(partition)?.FirstOffset ?? 0)]);
        _runners = [.. Enumerable.Range(0, log.PartitionCount).Select(partition =>
            new PartitionRunner(
                partition, log, options, _forgotten, projections ?? ProjectionSet.Build, Items,
                time, logger))];
    }

    public int PartitionCount => _runners.Length;

    /// <summary>The partition that a visitor belongs to.</summary>
    public int PartitionOf(VisitorId visitor) => _log.PartitionOf(visitor);

    /// <summary>The shop's own numbers of the products that events have named.</summary>
    public ItemNumbers Items { get; }

    /// <summary>What the shop has learnt from sessions.</summary>
    public ShopSessions Sessions { get; }

    /// <summary>How often products were shown as recommendations, and clicked on.</summary>
    public ItemFeedbackCounts Feedback { get; } = new();

    /// <summary>Events handled so far, over all partitions.</summary>
    public long HandledEvents => _runners.Sum(runner => runner.NextOffset);

    /// <summary>Events in the log that are not handled yet; none in a partition of which the log
    /// knows nothing.</summary>
    public long Lag => _runners.Select((runner, partition) => Math.Max(
        0, (_log.FindStatus(partition)?.NextOffset ?? 0) - runner.NextOffset)).Sum();

    /// <summary>Events that a projection threw on.</summary>
    public long DeadLetters => _runners.Sum(runner => runner.DeadLetters);

    /// <summary>Events that retention removed before they were handled; they are among
    /// <see cref="HandledEvents"/>, but in no sum.</summary>
    public long LostEvents => _runners.Sum(runner => runner.Lost);

    /// <summary>Loads all state. Queries may be asked from then on.</summary>
    public Task LoadAsync(CancellationToken ct) => LoadAsync(Nothing, ct);

    /// <summary>
    /// Handles events until it is told to stop, then saves. The state must have been loaded
    /// (<see cref="LoadAsync(CancellationToken)"/>). Ends with the first fault when a partition
    /// cannot go on; the others are stopped.
    /// </summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = _runners.Select(runner => runner.RunAsync(stop.Token)).ToArray();
        await Task.WhenAny(Task.WhenAll(running), WhenAnyFaults(running));
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    /// <summary>
    /// Throws away the named projections (see <see cref="ProjectionSet.Names"/>) and builds them
    /// anew from the log, up to the offset that was saved; where none is named, all of the state
    /// (what was seen before, event time and sessions too), up to the log's end. In place of
    /// <see cref="RunAsync"/>, never beside it.
    /// </summary>
    /// <exception cref="ArgumentException">There is no projection of a name.</exception>
    public async Task RebuildAsync(IReadOnlyCollection<string> names, CancellationToken ct)
    {
        await LoadAsync(names.Count > 0 ? names.ToHashSet() : null, ct);
        foreach (var runner in _runners)
        {
            if (!runner.Checkpoint())
                throw new IOException("The rebuilt state could not be saved; see the log above.");
        }
    }

    /// <summary>Completes when everything that is in the log now has been handled.</summary>
    public Task CatchUpAsync(CancellationToken ct) => Task.WhenAll(_runners.Select(
        (runner, partition) =>
            runner.WaitForAsync(_log.GetStatus(partition).NextOffset, ct)));

    /// <summary>Asks one projection of the partition that a visitor belongs to.</summary>
    public TResult Read<TProjection, TResult>(
        VisitorId visitor, Func<PartitionGraph, TProjection, TResult> query)
        where TProjection : class, IProjection =>
        Read(PartitionOf(visitor), query);

    /// <summary>Asks one projection of one partition, between two batches of events. The query
    /// must be short, must not wait, and must not keep what it is given.</summary>
    public TResult Read<TProjection, TResult>(
        int partition, Func<PartitionGraph, TProjection, TResult> query)
        where TProjection : class, IProjection =>
        _runners[partition].Read(graph =>
            query(graph, graph.Projections.OfType<TProjection>().Single()));

    /// <summary>
    /// A partition's graph, for what may be read beside its thread (<see
    /// cref="PartitionGraph.View"/>); the same one from loading on.
    /// </summary>
    internal PartitionGraph GraphOf(int partition) => _runners[partition].Graph;

    /// <summary>Asks one projection of every partition, one after the other.</summary>
    public void ReadEach<TProjection>(Action<PartitionGraph, TProjection> query)
        where TProjection : class, IProjection
    {
        for (var partition = 0; partition < PartitionCount; partition++)
        {
            Read<TProjection, bool>(partition, (graph, projection) =>
            {
                query(graph, projection);
                return true;
            });
        }
    }

    /// <summary>Forgets a visitor behind all that is in the log now: projections, their saved
    /// state, and the letters that were set aside. Durable when it returns; the next events of
    /// that id are a new visitor's.</summary>
    /// <exception cref="IOException">Something could not be written; ask again.</exception>
    public Task<ErasedState> ForgetAsync(VisitorId visitor, CancellationToken ct) =>
        _runners[PartitionOf(visitor)].ForgetAsync(visitor, ct);

    /// <summary>Whether anything is kept under a visitor's id now.</summary>
    public bool Knows(VisitorId visitor) =>
        _runners[PartitionOf(visitor)].Read(graph => graph.Visitors.Find(visitor) >= 0);

    public void Dispose()
    {
        foreach (var runner in _runners) runner.Dispose();
        _forgotten.Dispose();
    }

    private async Task LoadAsync(IReadOnlySet<string>? rebuild, CancellationToken ct)
    {
        await Task.WhenAll(_runners.Select(
            runner => Task.Run(() => runner.LoadAsync(rebuild, ct), ct)));
        Sessions.Attach(_runners.Select(runner => runner.Graph));
        Feedback.Attach(_runners.Select(runner => runner.Graph));
    }

    private static async Task WhenAnyFaults(Task[] running)
    {
        var left = running.ToList();
        while (left.Count > 0)
        {
            var ended = await Task.WhenAny(left);
            if (ended.IsFaulted) return;
            left.Remove(ended);
        }
    }
}
