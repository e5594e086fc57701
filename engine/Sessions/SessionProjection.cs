using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Sessions;

/// <summary>Counts of sessions, over all time.</summary>
public record struct SessionCounts
{
    /// <summary>Distinct sessions; two that a late event joined count as one.</summary>
    public long Started { get; set; }

    /// <summary>Those whose silence has lasted longer than the gap.</summary>
    public long Ended { get; set; }

    /// <summary>Events in sessions.</summary>
    public long Events { get; set; }

    /// <summary>Joins of two sessions by an event that came late.</summary>
    public long Merged { get; set; }

    /// <summary>Sessions that have not ended.</summary>
    public readonly long Active => Started - Ended;
}

/// <summary>
/// Cuts each visitor's events into sessions in event time: by the storefront's session id where
/// it gives one, else by a silence of more than <see cref="SessionRules.Gap"/>. An event that
/// comes late but not too late extends, opens or joins sessions as if it had come in time.
/// Timeouts run on the source's virtual scheduler, at full minutes.
/// </summary>
public sealed class SessionProjection(PartitionGraph graph) : IProjection
{
    private readonly DirtyNumbers _changed = new();
    private readonly Dictionary<(string Source, long Minute),
        List<(int Visitor, Session Session)>> _awaited = [];
    private List<Session>?[] _sessions = [];
    private SessionCounts _counts;

    public string Name => "sessions";

    public int Version => 1;

    public SessionCounts Counts => _counts;

    public void Apply(in StreamEvent e)
    {
        // What a late event belongs to is no longer known; the clock counts it.
        if (e.IsLate) return;
        var id = e.Event.Session?.Value;
        var sessions = Touch(e.Visitor);
        var session = Find(sessions, e.Ticks, id) ?? Begin(e.Visitor, sessions, e, id);
        session.Include(e.Ticks, id);
        _counts.Events++;
        if (session.HasEnded)
        {
            session.HasEnded = false;
            _counts.Ended--;
            Await(e.Visitor, session);
        }
        if (session.Id is null || id is null) JoinNeighbours(sessions, session);
    }

    public void Forget(int visitor)
    {
        if (visitor >= _sessions.Length || _sessions[visitor] is not { } sessions) return;
        foreach (var session in sessions)
        {
            if (!session.HasEnded) _counts.Ended++;
            session.IsGone = true;
        }
        _sessions[visitor] = null;
    }

    public void Save(StateWriter output, bool everything)
    {
        output.WriteNumber((ulong)_counts.Started);
        output.WriteNumber((ulong)_counts.Ended);
        output.WriteNumber((ulong)_counts.Events);
        output.WriteNumber((ulong)_counts.Merged);
        if (everything)
        {
            for (var visitor = 0; visitor < _sessions.Length; visitor++)
                if (_sessions[visitor] is not null) _changed.Add(visitor);
        }
        var alive = 0;
        foreach (var visitor in _changed.Numbers) if (_sessions[visitor] is not null) alive++;
        output.WriteCount(alive);
        foreach (var visitor in _changed.Numbers)
        {
            if (_sessions[visitor] is not { } sessions) continue;
            output.WriteVisitor(visitor);
            output.WriteCount(sessions.Count);
            foreach (var session in sessions) session.Write(output);
            // An empty list is written once, to clear what an earlier frame held, then dropped.
            if (sessions.Count == 0) _sessions[visitor] = null;
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        var counts = new SessionCounts
        {
            Started = (long)input.ReadNumber(),
            Ended = (long)input.ReadNumber(),
            Events = (long)input.ReadNumber(),
            Merged = (long)input.ReadNumber(),
        };
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var visitor = input.ReadVisitor();
            Forget(visitor);
            var sessions = Touch(visitor);
            for (var left = input.ReadCount(); left > 0; left--)
            {
                var session = Session.Read(input);
                sessions.Add(session);
                Await(visitor, session);
            }
        }
        _counts = counts;
        _changed.Clear();
    }

    private static Session? Find(List<Session> sessions, long ticks, string? id)
    {
        Session? reached = null;
        foreach (var session in sessions)
        {
            if (id is not null && session.Id == id) return session;
            if ((id is null || session.Id is null) && session.Reaches(ticks)) reached ??= session;
        }
        return reached;
    }

    private Session Begin(int visitor, List<Session> sessions, in StreamEvent e, string? id)
    {
        var session = new Session(e.Event.Source, e.Ticks) { Id = id };
        sessions.Add(session);
        _counts.Started++;
        Await(visitor, session);
        return session;
    }

    /// <summary>An event between two sessions may have closed the gap between them.</summary>
    private void JoinNeighbours(List<Session> sessions, Session session)
    {
        for (var i = sessions.Count - 1; i >= 0; i--)
        {
            var other = sessions[i];
            if (other == session || (other.Id is not null && session.Id is not null)
                || !(other.Reaches(session.FirstTicks) || other.Reaches(session.LastTicks)))
                continue;
            session.Join(other);
            other.IsGone = true;
            sessions.RemoveAt(i);
            if (other.HasEnded) _counts.Ended--;
            _counts.Started--;
            _counts.Merged++;
        }
    }

    /// <summary>
    /// Asks for a look at the session when it may have ended. All looks of a source in one minute
    /// share one timeout of the scheduler, which costs more than everything else here.
    /// </summary>
    private void Await(int visitor, Session session)
    {
        var minute = session.NextTicks / TimeSpan.TicksPerMinute + 1;
        session.AwaitedMinute = minute;
        if (!_awaited.TryGetValue((session.Source, minute), out var looks))
        {
            looks = _awaited[(session.Source, minute)] = [];
            graph.Schedule(
                Name, session.Source, new DateTimeOffset(minute * TimeSpan.TicksPerMinute, default),
                () => LookAll(session.Source, minute));
        }
        looks.Add((visitor, session));
    }

    private void LookAll(string source, long minute)
    {
        if (!_awaited.Remove((source, minute), out var looks)) return;
        foreach (var (visitor, session) in looks)
        {
            // A session that was opened again awaits another minute, and this look is void.
            if (!session.IsGone && session.AwaitedMinute == minute)
                Look(visitor, session, minute * TimeSpan.TicksPerMinute);
        }
    }

    private void Look(int visitor, Session session, long now)
    {
        // Events since may have moved the end: one look a session, not one an event.
        if (now < session.NextTicks)
        {
            Await(visitor, session);
            return;
        }
        var sessions = Touch(visitor);
        if (!session.HasEnded)
        {
            session.HasEnded = true;
            _counts.Ended++;
            Await(visitor, session);
            return;
        }
        session.IsGone = true;
        sessions.Remove(session);
    }

    private List<Session> Touch(int visitor)
    {
        if (visitor >= _sessions.Length)
            Array.Resize(ref _sessions, Math.Max(2 * _sessions.Length, Math.Max(256, visitor + 1)));
        _changed.Add(visitor);
        return _sessions[visitor] ??= new List<Session>(1);
    }

    private sealed class Session(string source, long ticks)
    {
        public string Source { get; } = source;

        public string? Id { get; set; }

        public long FirstTicks { get; private set; } = ticks;

        public long LastTicks { get; private set; } = ticks;

        public bool HasEnded { get; set; }

        /// <summary>The minute of its next look.</summary>
        public long AwaitedMinute { get; set; }

        /// <summary>No longer in any list; its timeout does nothing.</summary>
        public bool IsGone { get; set; }

        /// <summary>When it ends, or, where it has ended, when no event can reach it any more.
        /// </summary>
        public long NextTicks => 1 + LastTicks + SessionRules.Gap.Ticks + (HasEnded
            ? (Id is null ? SessionRules.Gap : SessionRules.NamedLifetime).Ticks : 0);

        public bool Reaches(long ticks) =>
            ticks >= FirstTicks - SessionRules.Gap.Ticks
            && ticks <= LastTicks + SessionRules.Gap.Ticks;

        public void Include(long ticks, string? id)
        {
            FirstTicks = Math.Min(FirstTicks, ticks);
            LastTicks = Math.Max(LastTicks, ticks);
            Id ??= id;
        }

        public void Join(Session other)
        {
            FirstTicks = Math.Min(FirstTicks, other.FirstTicks);
            LastTicks = Math.Max(LastTicks, other.LastTicks);
            Id ??= other.Id;
        }

        public void Write(StateWriter output)
        {
            output.WriteText(Source);
            output.WriteText(Id ?? "");
            output.WriteSigned(FirstTicks);
            output.WriteSigned(LastTicks - FirstTicks);
            output.WriteCount(HasEnded ? 1 : 0);
        }

        public static Session Read(StateReader input)
        {
            var source = input.ReadText();
            var id = input.ReadText();
            var first = input.ReadSigned();
            var session = new Session(source, first) { Id = id.Length > 0 ? id : null };
            session.Include(first + input.ReadSigned(), null);
            session.HasEnded = input.ReadCount() == 1;
            return session;
        }
    }
}
