using System.Reactive.Linq;
using System.Reactive.Subjects;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// The reactive graph of one partition: logged events in, deduplicated, put into event time,
/// and pushed to every projection on the caller's thread. Nothing in it waits or queues, so a
/// slow projection slows the reader and memory stays bounded.
/// </summary>
/// <remarks>
/// <code>
/// logged ─ Select(event time, numbers, sessions) ─ Where(first time) ─┬─ projection
///                            └─ session changes ───────────────────┬──┼─ projection
///                                                                  └──┴─ …
/// </code>
/// </remarks>
public sealed class PartitionGraph : IDisposable
{
    /// <summary>Who sets an event aside that fails before it reaches any projection.</summary>
    public const string Name = "graph";

    /// <summary>Who sets aside what the log holds and is no event.</summary>
    public const string LogName = "log";

    private readonly Subject<LoggedEvent> _logged = new();
    private readonly IDisposable _connection;
    private readonly Action<LoggedEvent, string, Exception> _onPoison;
    private readonly Action<LoggedEvent>? _onLate;
    private PendingForgets _forgets = PendingForgets.None;
    private int[] _products = new int[16];
    private LoggedEvent _current;

    /// <param name="options">Limits, for this partition's share of them.</param>
    /// <param name="partitionCount">Partitions that share the limits.</param>
    /// <param name="build">Makes the projections over this partition's clock and indexes.</param>
    /// <param name="onPoison">Told of an event that a projection threw on, with the projection's
    /// name; the event goes on to the other projections. Under <see cref="Name"/> of one that
    /// reaches none.</param>
    /// <param name="onLate">Told of an event that is late, before the projections.</param>
    /// <param name="items">The shop's own numbers of the products.</param>
    public PartitionGraph(
        EngineOptions options,
        int partitionCount,
        Func<PartitionGraph, IReadOnlyList<IProjection>> build,
        Action<LoggedEvent, string, Exception> onPoison,
        Action<LoggedEvent>? onLate = null,
        ItemNumbers? items = null)
    {
        (_onPoison, _onLate) = (onPoison, onLate);
        RecentSessionLimit = Math.Max(1, options.RecentSessionLimit / partitionCount);
        Deduplicator = new(Math.Max(1, options.DeduplicationEvents / partitionCount));
        Clock = new(options.EventTime);
        Products = new(options.ProductLimit, items);
        Visitors = new(Math.Max(2, options.VisitorLimit / partitionCount), Forget, View);
        Sessions = new(this);
        Projections = build(this);

        var stream = _logged
            .Select(Enter)
            .Where(e => e.Event is not null)
            .Publish();
        foreach (var projection in Projections)
            stream.Subscribe(new Subscriber(this, projection));
        _connection = stream.Connect();
    }

    /// <summary>
    /// Held for the moment in which a projection changes what is read from other threads, and by
    /// those while they copy it. Unlike the partition's gate it is not held for a batch, nor
    /// while a checkpoint is taken: the partition's thread, which alone writes, reads without it.
    /// </summary>
    public Lock View { get; } = new();

    /// <summary>Sessions that have ended and are kept, at most.</summary>
    public int RecentSessionLimit { get; }

    public EventDeduplicator Deduplicator { get; }

    public EventTimeClock Clock { get; }

    public ProductIndex Products { get; }

    public VisitorIndex Visitors { get; }

    public SessionTracker Sessions { get; }

    public IReadOnlyList<IProjection> Projections { get; }

    /// <summary>All state, in the order in which it must be loaded: what others refer to first.
    /// </summary>
    public IEnumerable<ICheckpointed> State =>
        [Deduplicator, Clock, Products, Visitors, Sessions, .. Projections];

    /// <summary>Whether a visitor was erased since this was last set to false: all of the state
    /// must then be saved anew.</summary>
    internal bool HasErased { get; set; }

    /// <summary>Pushes the next event of the log through the graph.</summary>
    public void Push(in LoggedEvent logged)
    {
        if (logged.Offset >= _forgets.NextOffset) PassForgets(logged.Offset);
        _current = logged;
        if (logged.Problem is { } problem)
            _onPoison(logged, LogName, new FormatException(problem));
        else
            _logged.OnNext(logged);
    }

    /// <summary>Tells a projection of every change of a visitor's sessions, before the event
    /// that made it. A fault of the projection is a poison event's too.</summary>
    public void WatchSessions(string owner, Action<SessionChange> watch) =>
        Sessions.Changes.Subscribe(change =>
        {
            try
            {
                watch(change);
            }
            catch (Exception e)
            {
                _onPoison(_current, owner, e);
            }
        });

    /// <summary>Says which visitors were forgotten, so that they are again at the same offsets.
    /// </summary>
    /// <param name="marks">In the order of their offsets.</param>
    /// <param name="from">The offset that is pushed next.</param>
    internal void ForgetAt(IEnumerable<ForgetMark> marks, long from) =>
        _forgets = new(marks, from, Visitors);

    /// <summary>Forgets those whose marks are not above an offset.</summary>
    internal void PassForgets(long offset)
    {
        // Mostly there are none.
        while (_forgets.TryTake(offset, out var mark, out var number)) Erase(mark.Visitor, number);
    }

    /// <summary>Whether anything is kept of a visitor, under its number or by its hash.</summary>
    internal bool Keeps(VisitorId visitor) => Visitors.Find(visitor) >= 0
        || Projections.Any(one => one.CountOf(StableHash.Of(visitor.Value)) > 0);

    /// <summary>Forgets a visitor for good, now.</summary>
    /// <returns>What was removed of each place, and what is found when all are looked at again.
    /// </returns>
    internal IReadOnlyList<ErasedPlace> Erase(VisitorId visitor)
    {
        var (hash, number) = (StableHash.Of(visitor.Value), Visitors.Find(visitor));
        int[] before = [Sessions.KeptOf(number), .. Projections.Select(one => one.KeptOf(number))];
        var erased = Erase(hash, number);
        var places = new List<ErasedPlace>
        {
            new(Visitors.Name, number < 0 ? 0 : 1, Visitors.Find(visitor) < 0 ? 0 : 1),
            new(Sessions.Name, before[0], Sessions.KeptOf(number)),
        };
        for (var i = 0; i < Projections.Count; i++)
        {
            var one = Projections[i];
            places.Add(new(
                one.Name, before[i + 1] + erased[i], one.KeptOf(number) + one.CountOf(hash)));
        }
        return places;
    }

    public void Dispose()
    {
        _connection.Dispose();
        Sessions.Dispose();
        _logged.Dispose();
    }

    /// <summary>Nothing for an event that came before or that is set aside.</summary>
    private StreamEvent Enter(LoggedEvent logged)
    {
        try
        {
            return Deduplicator.IsFirst(logged.Event) ? ToStreamEvent(logged) : default;
        }
        catch (Exception e)
        {
            // Caught here: Rx would end the stream for all that is behind it.
            _onPoison(logged, Name, e);
            return default;
        }
    }

    private StreamEvent ToStreamEvent(in LoggedEvent logged)
    {
        var e = logged.Event;
        // The clock first: timeouts that this event's time makes due happened before it.
        var isLate = Clock.Advance(e.Source, e.Time);
        var visitor = Visitors.Resolve(e.Visitor, out var isNew);
        if (isNew) _forgets.Note(e.Visitor, visitor);
        if (_products.Length < e.Lines.Length) _products = new int[2 * e.Lines.Length];
        for (var i = 0; i < e.Lines.Length; i++) _products[i] = Products.Resolve(e.Lines[i].Sku);
        var session = SessionTracker.HashOf(e.Session);
        // What a late event belongs to is no longer known.
        if (!isLate) Sessions.Include(e, visitor, session);
        else _onLate?.Invoke(logged);
        return new(e, visitor, _products.AsMemory(0, e.Lines.Length), isLate, isNew)
        {
            Session = session,
        };
    }

    private delegate void Apply(in StreamEvent e);

    /// <summary>A projection's place in the stream. Not a lambda: Rx would wrap it twice, which a
    /// dozen of them feel at every event.</summary>
    private sealed class Subscriber(PartitionGraph graph, IProjection projection)
        : IObserver<StreamEvent>
    {
        // Bound once: a call that meets a dozen kinds of projections would look each one up.
        private readonly Apply _apply = projection.Apply;

        public void OnNext(StreamEvent value)
        {
            try
            {
                _apply(value);
            }
            catch (Exception exception)
            {
                // Whatever it was, the partition goes on: one bad event must not stop a shop.
                graph._onPoison(graph._current, projection.Name, exception);
            }
        }

        public void OnCompleted()
        {
            // The graph is disposed of; there is no more to come.
        }

        // What fails is set aside before it comes here.
        public void OnError(Exception error) => throw error;
    }

    /// <summary>What each projection has removed by the hash.</summary>
    private int[] Erase(ulong visitor, int number)
    {
        // The number first: what is open of it ends, and is then among what the hash removes.
        if (number >= 0) Visitors.Forget(number);
        int[] erased = [.. Projections.Select(projection => projection.Erase(visitor))];
        HasErased |= number >= 0 || erased.Any(count => count > 0);
        return erased;
    }

    private void Forget(int visitor)
    {
        Sessions.Forget(visitor);
        // The last first: one that reads another comes behind it, and still finds what it needs.
        for (var i = Projections.Count - 1; i >= 0; i--) Projections[i].Forget(visitor);
    }
}
