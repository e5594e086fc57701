using Microsoft.Extensions.Logging;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>A state on its way to disk.</summary>
internal readonly record struct CapturedState(
    long NextOffset, ReadOnlyMemory<byte> Frame, bool Everything);

/// <summary>
/// Loads, rebuilds and saves the state of one partition's graph together with the offset it has
/// reached. Owned by the partition's thread.
/// </summary>
internal sealed partial class PartitionState(
    int partition,
    IEventLog log,
    EngineOptions options,
    ForgottenVisitors forgotten,
    Func<Func<PartitionGraph, IReadOnlyList<IProjection>>, PartitionGraph> newGraph,
    Func<PartitionGraph, IReadOnlyList<IProjection>> build,
    ILogger logger) : IDisposable
{
    private readonly PartitionStateFile _file =
        new(Path.Combine(options.Directory, "state", $"p{partition:00}.state"));
    private readonly LostEvents _lost = new();
    private bool _mustSaveEverything;

    /// <summary>Events that retention removed before the state had them.</summary>
    public long Lost => _lost.Count;

    /// <summary>
    /// The graph at the saved offset; a new one at the log's start where nothing sound is saved.
    /// A projection whose section is missing, of another version, or named in
    /// <paramref name="rebuild"/> is made anew from the log, up to the same offset; where that is
    /// null, everything is, up to the log's end.
    /// </summary>
    /// <exception cref="ArgumentException">There is no projection of a name.</exception>
    public async Task<(PartitionGraph Graph, long NextOffset)> LoadAsync(
        IReadOnlySet<string>? rebuild, CancellationToken ct)
    {
        if (rebuild is null) return await BuildAnewAsync(log.GetStatus(partition), ct);
        // Of a log that is away nothing is known: reading on finds out where it begins and ends.
        var status = log.FindStatus(partition) ?? new(partition, 0, long.MaxValue, 0);
        var graph = newGraph(build);
        CheckNames(graph, rebuild);
        if (!TryLoad(graph, rebuild, out var missing, out var saved))
        {
            graph.Dispose();
            LogStartsOver(partition, status.FirstOffset);
            _mustSaveEverything = true;
            return StartOver(newGraph(build), status.FirstOffset);
        }
        if (saved is not { } next) return StartOver(graph, status.FirstOffset);
        if (next > status.NextOffset)
        {
            throw new InvalidDataException($"The saved state of partition {partition} has " +
                $"handled offset {next}, but the log ends at {status.NextOffset}: they are not " +
                $"of one run. Remove {options.Directory} to build the state from this log.");
        }
        if (missing.Count > 0)
        {
            await RebuildAsync(graph, missing, next, ct);
            _mustSaveEverything = true;
        }
        StartAt(graph, next);
        // Forgotten at this very offset, perhaps after the state was saved.
        graph.PassForgets(next);
        return (graph, SkipTo(Math.Max(next, status.FirstOffset), next));
    }

    /// <summary>Notes that there is nothing between two offsets any more.</summary>
    /// <returns>The offset to go on from.</returns>
    public long SkipTo(long first, long next)
    {
        if (first > next)
        {
            LogGap(partition, next, first);
            _lost.Count += first - next;
        }
        return first;
    }

    /// <summary>Whether what was loaded is not what is on disk.</summary>
    public bool IsUnsaved => _mustSaveEverything;

    /// <summary>What changed since the last save, in memory; quick, to be called at rest.</summary>
    public CapturedState Capture(PartitionGraph graph, long nextOffset)
    {
        var everything = _mustSaveEverything || graph.HasErased || _file.WantsEverything;
        graph.HasErased = false;
        // Until it is on disk, the changes are nowhere but in this frame.
        _mustSaveEverything = true;
        // A first frame mostly comes after so many events; after a rebuild the guess is too low.
        var events = (int)Math.Min(nextOffset, options.CheckpointEvents);
        var output = new StateWriter(
            graph.Products, graph.Visitors, _file.ExpectedBytes(everything, events));
        PartitionStateFile.WriteFrame(output, nextOffset, [.. graph.State, _lost], everything);
        return new CapturedState(nextOffset, output.Written, everything);
    }

    /// <summary>Makes a captured state durable.</summary>
    public void Save(CapturedState captured)
    {
        _file.Save(captured.Frame.Span, captured.Everything);
        _mustSaveEverything = false;
    }

    public void Dispose() => _file.Dispose();

    private static void CheckNames(PartitionGraph graph, IReadOnlySet<string> rebuild)
    {
        var names = graph.Projections.Select(projection => projection.Name).ToArray();
        if (rebuild.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"There is no projection '{unknown}' to rebuild; there " +
                $"are {string.Join(", ", names)}.", nameof(rebuild));
        }
    }

    private (PartitionGraph Graph, long NextOffset) StartOver(PartitionGraph graph, long first)
    {
        _lost.Count = first;
        StartAt(graph, first);
        return (graph, first);
    }

    private async Task<(PartitionGraph Graph, long NextOffset)> BuildAnewAsync(
        PartitionStatus status, CancellationToken ct)
    {
        LogStartsOver(partition, status.FirstOffset);
        _mustSaveEverything = true;
        var graph = StartOver(newGraph(build), status.FirstOffset).Graph;
        await PushAsync(graph, status.FirstOffset, status.NextOffset, ct);
        return (graph, status.NextOffset);
    }

    /// <summary>The projections to rebuild; null where what all share must be.</summary>
    private static HashSet<string>? Missing(
        PartitionGraph graph, StateFrame full, IReadOnlySet<string> rebuild)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var state in graph.State)
        {
            var section = full.Sections.FirstOrDefault(s => s.Name == state.Name);
            var isNamed = state is IProjection && rebuild.Contains(state.Name);
            if (section?.Version == state.Version && !isNamed) continue;
            if (state is not IProjection) return null;
            missing.Add(state.Name);
        }
        return missing;
    }

    /// <summary>False where all must be built anew; no offset where nothing is saved.</summary>
    private bool TryLoad(
        PartitionGraph graph, IReadOnlySet<string> rebuild,
        out HashSet<string> missing, out long? next)
    {
        missing = [];
        next = null;
        try
        {
            foreach (var frame in _file.Load())
            {
                if (next is null)
                {
                    if (Missing(graph, frame, rebuild) is not { } notSaved) return false;
                    missing = notSaved;
                }
                Load(graph, frame, missing);
                next = frame.NextOffset;
            }
            return true;
        }
        catch (Exception e)
        {
            // Whatever the damage, also a file that cannot be read: the log has it all.
            LogDamaged(e, partition);
            return false;
        }
    }

    private void Load(PartitionGraph graph, StateFrame frame, HashSet<string> missing)
    {
        foreach (var state in graph.State.Where(state => !missing.Contains(state.Name)))
        {
            var section = frame.Sections.Single(s => s.Name == state.Name);
            state.Load(new StateReader(section.Bytes, graph.Products, graph.Visitors));
        }
        // Younger than the file's form: one without it has lost none that was counted.
        if (frame.Sections.FirstOrDefault(s => s.Name == _lost.Name) is { } lost)
            _lost.Load(new StateReader(lost.Bytes, graph.Products, graph.Visitors));
    }

    private async Task RebuildAsync(
        PartitionGraph graph, HashSet<string> missing, long until, CancellationToken ct)
    {
        LogRebuilds(partition, string.Join(", ", missing), until);
        using var rebuilt = newGraph(g => NeededFor(missing, build(g)));
        var first = log.GetStatus(partition).FirstOffset;
        StartAt(rebuilt, first);
        await PushAsync(rebuilt, first, until, ct);
        // Through the saved form, since the two graphs number products and visitors differently.
        var writer = new StateWriter(rebuilt.Products, rebuilt.Visitors);
        foreach (var projection in rebuilt.Projections)
        {
            if (!missing.Contains(projection.Name)) continue;
            writer.Clear();
            projection.Save(writer, everything: true);
            graph.Projections.Single(p => p.Name == projection.Name).Load(
                new StateReader(writer.Written, graph.Products, graph.Visitors));
        }
    }

    /// <summary>Those that are missing, and what they read.</summary>
    private static IReadOnlyList<IProjection> NeededFor(
        HashSet<string> missing, IReadOnlyList<IProjection> all)
    {
        var needed = new HashSet<string>(missing, StringComparer.Ordinal);
        for (var known = 0; known < needed.Count;)
        {
            known = needed.Count;
            foreach (var projection in all)
                if (needed.Contains(projection.Name)) needed.UnionWith(projection.Reads);
        }
        return [.. all.Where(projection => needed.Contains(projection.Name))];
    }

    private async Task PushAsync(
        PartitionGraph graph, long from, long until, CancellationToken ct)
    {
        if (from < until)
        {
            await foreach (var batch in log.ReadAsync(partition, from, options.BatchLimit, ct))
            {
                if (!PushUntil(graph, batch.Span, until)) break;
            }
        }
        graph.PassForgets(until);
    }

    private void StartAt(PartitionGraph graph, long next) =>
        graph.ForgetAt(forgotten.MarksOf(partition), next);

    /// <summary>False when the offset was reached.</summary>
    private static bool PushUntil(
        PartitionGraph graph, ReadOnlySpan<LoggedEvent> batch, long until)
    {
        foreach (ref readonly var logged in batch)
        {
            if (logged.Offset >= until) return false;
            graph.Push(logged);
        }
        return batch[^1].Offset + 1 < until;
    }

    [LoggerMessage(LogLevel.Information,
        "Partition {Partition}: rebuilding {Projections} from the log up to offset {Until}.")]
    private partial void LogRebuilds(int partition, string projections, long until);

    [LoggerMessage(LogLevel.Warning,
        "Partition {Partition}: the state is built anew from the log, from offset {First}.")]
    private partial void LogStartsOver(int partition, long first);

    [LoggerMessage(LogLevel.Warning, "Partition {Partition}: the saved state is damaged.")]
    private partial void LogDamaged(Exception e, int partition);

    [LoggerMessage(LogLevel.Error, "Partition {Partition}: offsets {From} to {To} were removed " +
        "by retention before they were handled.")]
    private partial void LogGap(int partition, long from, long to);
}
