using System.Reactive.Subjects;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Sessions;

/// <summary>
/// Cuts each visitor's events into sessions in event time: by the storefront's session id where
/// it gives one, else by a silence of more than <see cref="SessionRules.Gap"/>; a session without
/// a name that comes that near to one with a name is part of it. An event that comes late but not
/// too late extends, opens or joins sessions as if it had come in time. Timeouts run in the
/// source's time (<see cref="EventTimeClock"/>).
/// </summary>
/// <remarks>
/// The order of arrival does not change how many sessions there are, nor which named events are
/// in one. It does decide one thing: an event without a name that is near several named sessions
/// goes to the nearest that is known when it arrives, of equally near ones to the earliest, and
/// stays there when a nearer one is told of later.
/// <para>
/// Whoever sums over sessions subscribes to <see cref="Changes"/>, and is told of each change as
/// the facts that no longer hold and those that do now, so that its sums are always those over
/// the sessions as they are now known. Owned by the partition's thread.
/// </para>
/// </remarks>
public sealed class SessionTracker(PartitionGraph graph) : ICheckpointed, IDisposable
{
    // No person has more at a time; without a limit a program that names a new session with every
    // event would make each next event slower.
    private const int SessionLimit = 64;
    // Below it clearing them away costs more than they do.
    private const int VoidLookLimit = 1_000;
    private const int None = -1;

    private readonly Subject<SessionChange> _changes = new();
    private readonly DirtyNumbers _changed = new();
    // By source: which session to look at, and when. One timeout of the clock, for the first.
    private readonly List<Looks> _looks = [];
    private Session[] _sessions = new Session[256];
    private int[] _first = [];
    private int _alive;
    private int _used;
    private int _free = None;

    public string Name => "session-tracker";

    public int Version => 1;

    /// <summary>Changes of what is known, in order, on the partition's thread.</summary>
    public IObservable<SessionChange> Changes => _changes;

    /// <summary>Looks that are asked for, the void ones too.</summary>
    internal int LookCount => _looks.Sum(looks => looks.Queue.Count);

    /// <summary>Takes in an event that is not late.</summary>
    /// <param name="e">The event.</param>
    /// <param name="visitor">The visitor's number.</param>
    /// <param name="id">The <see cref="HashOf"/> its session.</param>
    public void Include(CommerceEvent e, int visitor, ulong id)
    {
        var ticks = e.Time.UtcTicks;
        Touch(visitor);
        var at = Find(visitor, ticks, id);
        var isNew = at == None;
        if (isNew) at = Add(visitor, graph.Clock.NumberOf(e.Source), ticks);
        ref var session = ref _sessions[at];
        var before = session.Facts;
        session.Include(ticks, id, 1 << (int)e.Name);
        var joined = JoinTouched(visitor, at);

        // What has not ended cannot have ended by growing.
        if (isNew || before.HasEnded || joined > 0)
        {
            session.HasEnded = graph.Clock.WatermarkOf(session.Source) >= session.EndTicks;
            if (isNew || before.HasEnded != session.HasEnded) LookLater(at);
        }
        Tell(isNew ? null : before, session.Facts, session.Span);
        if (isNew) KeepToLimit(visitor);
    }

    public void Forget(int visitor)
    {
        if (visitor >= _first.Length) return;
        while (_first[visitor] != None) GiveUp(_first[visitor]);
    }

    /// <summary>The sessions that have not ended.</summary>
    public IEnumerable<SessionSpan> Open => _sessions.Take(_used)
        .Where(session => session.IsAlive && !session.HasEnded).Select(session => session.Span);

    /// <summary>What the session spans that an event of a visitor is in; null where none is known.
    /// </summary>
    /// <param name="visitor">The visitor's number.</param>
    /// <param name="ticks">When, in UTC ticks.</param>
    /// <param name="id">The <see cref="HashOf"/> its session.</param>
    public SessionSpan? SpanOf(int visitor, long ticks, ulong id)
    {
        if ((uint)visitor >= (uint)_first.Length) return null;
        var at = Find(visitor, ticks, id);
        return at == None ? null : _sessions[at].Span;
    }

    /// <summary>What stands for the storefront's name of a session, never 0; 0 for none.
    /// </summary>
    public static ulong HashOf(SessionId? session) =>
        session is { } named ? StableHash.Of(named.Value) | 1 : 0;

    /// <summary>How many sessions of a visitor are known.</summary>
    public int KeptOf(int visitor) =>
        (uint)visitor < (uint)_first.Length ? CountOf(visitor) : 0;

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var visitor = 0; visitor < _first.Length; visitor++)
                if (_first[visitor] != None) _changed.Add(visitor);
        }
        // A visitor that was forgotten since has no sessions, and its number no name. One that is
        // known is written even with none left, to clear what an earlier frame holds.
        var known = 0;
        foreach (var visitor in _changed.Numbers) if (graph.Visitors.IsKnown(visitor)) known++;
        output.WriteCount(known);
        foreach (var visitor in _changed.Numbers)
        {
            if (!graph.Visitors.IsKnown(visitor)) continue;
            output.WriteVisitor(visitor);
            output.WriteCount(CountOf(visitor));
            for (var at = _first[visitor]; at != None; at = _sessions[at].Next)
                _sessions[at].Write(output, graph.Clock.SourceOf(_sessions[at].Source));
        }
        _changed.Clear();
    }

    /// <summary>Takes in what was saved, and tells nobody: sums are loaded by their owners.
    /// </summary>
    public void Load(StateReader input)
    {
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var visitor = input.ReadVisitor();
            Touch(visitor);
            while (_first[visitor] != None) Remove(_first[visitor]);
            for (var left = input.ReadCount(); left > 0; left--) ReadSession(input, visitor);
        }
        _changed.Clear();
    }

    public void Dispose() => _changes.Dispose();

    private void ReadSession(StateReader input, int visitor)
    {
        var source = graph.Clock.NumberOf(input.ReadText());
        var id = input.ReadUInt64();
        var first = input.ReadSigned();
        var at = Add(visitor, source, first);
        ref var session = ref _sessions[at];
        session.Include(first + input.ReadSigned(), id, input.ReadCount());
        session.HasEnded = input.ReadCount() == 1;
        LookLater(at);
    }

    private int Find(int visitor, long ticks, ulong id)
    {
        var reached = None;
        for (var at = _first[visitor]; at != None; at = _sessions[at].Next)
        {
            ref readonly var session = ref _sessions[at];
            if (id != 0 && session.Id == id) return at;
            if ((id == 0 || session.Id == 0) && session.Reaches(ticks)
                && (reached == None || session.IsNearer(_sessions[reached], ticks, ticks)))
                reached = at;
        }
        return reached;
    }

    /// <summary>A session that has grown or got a name may have come near to others; it joins
    /// the nearest first, whose name may tell it apart from the next.</summary>
    private int JoinTouched(int visitor, int at)
    {
        for (var joined = 0; ; joined++)
        {
            ref readonly var session = ref _sessions[at];
            var nearest = None;
            for (var other = _first[visitor]; other != None; other = _sessions[other].Next)
            {
                if (other == at || !session.Touches(_sessions[other])) continue;
                if (nearest == None || _sessions[other].IsNearer(
                    _sessions[nearest], session.FirstTicks, session.LastTicks)) nearest = other;
            }
            if (nearest == None) return joined;
            _sessions[at].Join(_sessions[nearest]);
            _changes.OnNext(new(_sessions[nearest].Facts, -1, IsJoin: true)
            { Span = _sessions[nearest].Span });
            Remove(nearest);
        }
    }

    private void KeepToLimit(int visitor)
    {
        if (CountOf(visitor) <= SessionLimit) return;
        var oldest = _first[visitor];
        for (var at = oldest; at != None; at = _sessions[at].Next)
            if (_sessions[at].LastTicks < _sessions[oldest].LastTicks) oldest = at;
        GiveUp(oldest);
    }

    private void GiveUp(int at)
    {
        var before = _sessions[at].Facts;
        Tell(before, before with { HasEnded = true }, _sessions[at].Span);
        Remove(at);
    }

    private void Tell(SessionFacts? before, SessionFacts after, SessionSpan span)
    {
        if (before == after) return;
        if (before is { } gone) _changes.OnNext(new(gone, -1, IsJoin: false) { Span = span });
        _changes.OnNext(new(after, +1, IsJoin: false) { Span = span });
    }

    /// <summary>When the session ends, or, where it has ended, when no event that is not late
    /// can reach it any more.</summary>
    private long NextTicks(in Session session)
    {
        if (!session.HasEnded) return session.EndTicks;
        var lateness = graph.Clock.AllowedLateness;
        return session.EndTicks + (session.Id == 0 || lateness > SessionRules.NamedLifetime
            ? lateness : SessionRules.NamedLifetime).Ticks;
    }

    private void LookLater(int at)
    {
        ref var session = ref _sessions[at];
        session.LookTicks = NextTicks(session);
        while (_looks.Count <= session.Source)
        {
            var source = _looks.Count;
            _looks.Add(new Looks(() => LookAtAll(source)));
        }
        var looks = _looks[session.Source];
        looks.Queue.Enqueue(at, session.LookTicks);
        // Void ones leave at their time, which never comes where a source's time stands still.
        if (looks.Queue.Count > 2 * _alive + VoidLookLimit) DropVoidLooks(session.Source, looks);
        Schedule(session.Source, looks);
    }

    private void DropVoidLooks(int source, Looks looks)
    {
        var asked = new Dictionary<int, long>();
        foreach (var (at, ticks) in looks.Queue.UnorderedItems)
        {
            ref readonly var session = ref _sessions[at];
            if (session.IsAlive && session.Source == source && session.LookTicks == ticks)
                asked[at] = ticks;
        }
        looks.Queue.Clear();
        foreach (var (at, ticks) in asked) looks.Queue.Enqueue(at, ticks);
    }

    private void Schedule(int source, Looks looks)
    {
        if (!looks.Queue.TryPeek(out _, out var ticks) || ticks >= looks.ScheduledTicks) return;
        looks.ScheduledTicks = ticks;
        graph.Clock.Schedule(source, new DateTimeOffset(ticks, TimeSpan.Zero), looks.Timeout);
    }

    private void LookAtAll(int source)
    {
        var looks = _looks[source];
        var watermark = graph.Clock.WatermarkOf(source);
        // A timeout that an earlier one overtook.
        if (looks.ScheduledTicks > watermark) return;
        looks.ScheduledTicks = long.MaxValue;
        while (looks.Queue.TryPeek(out var at, out var ticks) && ticks <= watermark)
        {
            looks.Queue.Dequeue();
            ref readonly var session = ref _sessions[at];
            if (session.IsAlive && session.Source == source && session.LookTicks == ticks)
                Look(at, watermark);
        }
        Schedule(source, looks);
    }

    private void Look(int at, long watermark)
    {
        ref var session = ref _sessions[at];
        // Events since may have moved the end: one look a session, not one an event.
        if (watermark < NextTicks(session))
        {
            LookLater(at);
            return;
        }
        Touch(session.Visitor);
        if (session.HasEnded)
        {
            Remove(at);
            return;
        }
        var before = session.Facts;
        session.HasEnded = true;
        LookLater(at);
        Tell(before, session.Facts, session.Span);
    }

    private int Add(int visitor, int source, long ticks)
    {
        var at = _free;
        if (at != None)
        {
            _free = _sessions[at].Next;
        }
        else
        {
            if (_used == _sessions.Length) Array.Resize(ref _sessions, 2 * _used);
            at = _used++;
        }
        _alive++;
        _sessions[at] = new Session
        {
            IsAlive = true,
            Visitor = visitor,
            Source = source,
            FirstTicks = ticks,
            LastTicks = ticks,
            Next = None,
        };
        // At the end, so that loading what was saved gives the same order.
        ref var link = ref _first[visitor];
        while (link != None) link = ref _sessions[link].Next;
        link = at;
        return at;
    }

    private void Remove(int at)
    {
        ref var link = ref _first[_sessions[at].Visitor];
        while (link != at) link = ref _sessions[link].Next;
        link = _sessions[at].Next;
        _sessions[at] = new Session { Next = _free };
        _free = at;
        _alive--;
    }

    private int CountOf(int visitor)
    {
        var count = 0;
        for (var at = _first[visitor]; at != None; at = _sessions[at].Next) count++;
        return count;
    }

    private void Touch(int visitor)
    {
        var from = _first.Length;
        if (Places.Ensure(ref _first, visitor)) _first.AsSpan(from).Fill(None);
        _changed.Add(visitor);
    }

    /// <summary>The looks that sessions of one source await.</summary>
    private sealed class Looks(Action timeout)
    {
        public PriorityQueue<int, long> Queue { get; } = new();

        /// <summary>What the clock calls; made once, since it is asked for at every look.</summary>
        public Action Timeout => timeout;

        /// <summary>When the clock calls; the maximum where it was not asked to.</summary>
        public long ScheduledTicks { get; set; } = long.MaxValue;
    }
}
