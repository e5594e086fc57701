using Microsoft.Extensions.Logging;
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
    Func<Func<PartitionGraph, IReadOnlyList<IProjection>>, PartitionGraph> newGraph,
    Func<PartitionGraph, IReadOnlyList<IProjection>> build,
    ILogger logger) : IDisposable
{
    private readonly PartitionStateFile _file =
        new(Path.Combine(options.Directory, "state", $"p{partition:00}.state"));
    private bool _mustSaveEverything;

    /// <summary>
    /// The graph at the saved offset; a new one at the log's start where nothing sound is saved.
    /// A projection whose section is missing, of another version, or named in
    /// <paramref name="rebuild"/> (null names all) is made anew from the log, up to the same
    /// offset.
    /// </summary>
    /// <exception cref="ArgumentException">There is no projection of a name.</exception>
    public async Task<(PartitionGraph Graph, long NextOffset)> LoadAsync(
        IReadOnlySet<string>? rebuild, CancellationToken ct)
    {
        var status = log.GetStatus(partition);
        var graph = newGraph(build);
        CheckNames(graph, rebuild);
        var frames = LoadFrames();
        if (frames.Count == 0) return (graph, status.FirstOffset);

        var next = frames[^1].NextOffset;
        if (next > status.NextOffset)
        {
            throw new InvalidDataException($"The saved state of partition {partition} has " +
                $"handled offset {next}, but the log ends at {status.NextOffset}: they are not " +
                $"of one run. Remove {options.Directory} to build the state from this log.");
        }
        var missing = Missing(graph, frames[0], rebuild);
        if (missing is null || !TryLoad(graph, frames, missing))
        {
            LogStartsOver(partition, status.FirstOffset);
            _mustSaveEverything = true;
            graph.Dispose();
            return (newGraph(build), status.FirstOffset);
        }
        if (missing.Count > 0)
        {
            await RebuildAsync(graph, missing, next, ct);
            _mustSaveEverything = true;
        }
        if (next < status.FirstOffset) LogGap(partition, next, status.FirstOffset);
        return (graph, Math.Max(next, status.FirstOffset));
    }

    /// <summary>Whether what was loaded is not what is on disk.</summary>
    public bool IsUnsaved => _mustSaveEverything;

    /// <summary>What changed since the last save, in memory; quick, to be called at rest.</summary>
    public CapturedState Capture(PartitionGraph graph, long nextOffset)
    {
        var everything = _mustSaveEverything || _file.WantsEverything;
        // Until it is on disk, the changes are nowhere but in this frame.
        _mustSaveEverything = true;
        var output = new StateWriter(
            graph.Products, graph.Visitors, _file.ExpectedBytes(everything));
        PartitionStateFile.WriteFrame(output, nextOffset, [.. graph.State], everything);
        return new CapturedState(nextOffset, output.Written, everything);
    }

    /// <summary>Makes a captured state durable.</summary>
    public void Save(CapturedState captured)
    {
        _file.Save(captured.Frame.Span, captured.Everything);
        _mustSaveEverything = false;
    }

    public void Dispose() => _file.Dispose();

    private static void CheckNames(PartitionGraph graph, IReadOnlySet<string>? rebuild)
    {
        var names = graph.Projections.Select(projection => projection.Name).ToArray();
        if (rebuild?.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"There is no projection '{unknown}' to rebuild; there " +
                $"are {string.Join(", ", names)}.", nameof(rebuild));
        }
    }

    private IReadOnlyList<StateFrame> LoadFrames()
    {
        try
        {
            return _file.Load();
        }
        catch (InvalidDataException e)
        {
            LogDamaged(e, partition);
            _mustSaveEverything = true;
            return [];
        }
    }

    /// <summary>The projections to rebuild; null where what all share must be.</summary>
    private static HashSet<string>? Missing(
        PartitionGraph graph, StateFrame full, IReadOnlySet<string>? rebuild)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var state in graph.State)
        {
            var section = full.Sections.FirstOrDefault(s => s.Name == state.Name);
            var isNamed = state is IProjection && rebuild?.Contains(state.Name) != false;
            if (section?.Version == state.Version && !isNamed) continue;
            if (state is not IProjection) return null;
            missing.Add(state.Name);
        }
        return missing;
    }

    private bool TryLoad(
        PartitionGraph graph, IReadOnlyList<StateFrame> frames, HashSet<string> missing)
    {
        try
        {
            foreach (var frame in frames)
            {
                foreach (var state in graph.State.Where(state => !missing.Contains(state.Name)))
                {
                    var section = frame.Sections.Single(s => s.Name == state.Name);
                    state.Load(new StateReader(section.Bytes, graph.Products, graph.Visitors));
                }
            }
            return true;
        }
        catch (Exception e)
        {
            // Whatever the damage, the log has it all.
            LogDamaged(e, partition);
            return false;
        }
    }

    private async Task RebuildAsync(
        PartitionGraph graph, HashSet<string> missing, long until, CancellationToken ct)
    {
        LogRebuilds(partition, string.Join(", ", missing), until);
        using var rebuilt = newGraph(g => [.. build(g).Where(p => missing.Contains(p.Name))]);
        var first = log.GetStatus(partition).FirstOffset;
        if (first < until)
        {
            await foreach (var batch in log.ReadAsync(partition, first, options.BatchLimit, ct))
            {
                if (!PushUntil(rebuilt, batch.Span, until)) break;
            }
        }
        // Through the saved form, since the two graphs number products and visitors differently.
        var writer = new StateWriter(rebuilt.Products, rebuilt.Visitors);
        foreach (var projection in rebuilt.Projections)
        {
            writer.Clear();
            projection.Save(writer, everything: true);
            graph.Projections.Single(p => p.Name == projection.Name).Load(
                new StateReader(writer.Written, graph.Products, graph.Visitors));
        }
    }

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
