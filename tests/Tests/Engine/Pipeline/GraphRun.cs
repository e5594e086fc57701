using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>A partition's graph, driven by hand: events in, answers out, saved and loaded at
/// will.</summary>
internal sealed class GraphRun : IDisposable
{
    private readonly EngineOptions _options;
    private readonly List<List<byte[]>> _frames = [];
    private long _offset;

    public GraphRun(
        EngineOptions? options = null,
        Func<PartitionGraph, IReadOnlyList<IProjection>>? build = null)
    {
        _options = options ?? new EngineOptions();
        Build = build ?? ProjectionSet.Build;
        Graph = NewGraph();
    }

    public Func<PartitionGraph, IReadOnlyList<IProjection>> Build { get; }

    public PartitionGraph Graph { get; private set; }

    public ItemNumbers Items { get; } = new(1_000_000);

    public List<(LoggedEvent Event, string Projection)> Poison { get; } = [];

    public GraphRun Push(params IEnumerable<CommerceEvent> events)
    {
        foreach (var e in events) Graph.Push(new LoggedEvent(_offset++, RandomShop.Start, e));
        return this;
    }

    public T Get<T>() where T : class, IProjection => Graph.Projections.OfType<T>().Single();

    /// <summary>Moves a source's watermark to a time, by an event of a visitor of its own that no
    /// projection but the sums takes notice of.</summary>
    public GraphRun AdvanceTo(DateTimeOffset watermark, string source = "/shop/0") =>
        Push(new CommerceEvent
        {
            Id = new($"tick-{_offset}"),
            Source = source,
            Name = EventName.Search,
            Time = watermark + _options.EventTime.Disorder,
            Visitor = new("ticker"),
            Session = new("ticker"),
        });

    /// <summary>Saves, throws the graph away, and goes on with one that was loaded.</summary>
    public GraphRun Restart(bool everything)
    {
        Save(everything);
        Graph.Dispose();
        Graph = NewGraph();
        foreach (var frame in _frames)
        {
            foreach (var (state, section) in Graph.State.Zip(frame))
                state.Load(new StateReader(section, Graph.Products, Graph.Visitors));
        }
        return this;
    }

    public void Save(bool everything)
    {
        everything |= _frames.Count == 0;
        if (everything) _frames.Clear();
        var writer = new StateWriter(Graph.Products, Graph.Visitors);
        var frame = new List<byte[]>();
        foreach (var state in Graph.State)
        {
            writer.Clear();
            state.Save(writer, everything);
            frame.Add(writer.Written.ToArray());
        }
        _frames.Add(frame);
    }

    public void Dispose() => Graph.Dispose();

    private PartitionGraph NewGraph() =>
        new(_options, 1, Build, (logged, projection, _) => Poison.Add((logged, projection)),
            items: Items);
}
