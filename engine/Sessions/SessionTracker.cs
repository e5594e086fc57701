using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Sessions;

/// <summary>
/// Cuts each visitor's events into sessions in event time: by the storefront's session id where
/// it gives one, else by a silence of more than <see cref="SessionRules.Gap"/>; a session without
/// a name that comes that near to one with a name is part of it. The order of arrival does not
/// matter: an event that comes late but not too late extends, opens or joins sessions as if it
/// had come in time. Timeouts run on the source's virtual scheduler.
/// </summary>
/// <remarks>
/// Whoever sums over sessions is told of each change as the facts that no longer hold (with -1)
/// and those that do now (with +1), so that its sums are always those over the sessions as they
/// are now known. Owned by the partition's thread.
/// </remarks>
/// <param name="graph">For event time and timeouts.</param>
/// <param name="owner">The projection, for the dead letters.</param>
/// <param name="add">Adds a session's facts to the sums, or takes them away.</param>
internal sealed class SessionTracker(
    PartitionGraph graph, string owner, Action<SessionFacts, int> add)
{
    // No person has more at a time; without a limit a program that names a new session with every
    // event would make each next event slower.
    private const int SessionLimit = 64;

    private readonly DirtyNumbers _changed = new();
    private List<Session>?[] _sessions = [];

    /// <summary>Takes in an event that is not late.</summary>
    /// <param name="e">The event.</param>
    /// <param name="marks">Bits that its session has from now on.</param>
    /// <returns>How many sessions it joined to the event's.</returns>
    public int Include(in StreamEvent e, byte marks)
    {
        var id = e.Event.Session?.Value;
        var sessions = Touch(e.Visitor);
        var session = Find(sessions, e.Ticks, id);
        var isNew = session is null;
        session ??= new Session(e.Event.Source, e.Ticks);
        var before = session.Facts;
        session.Include(e.Ticks, id, marks);
        var joined = sessions.Count > (isNew ? 0 : 1) ? JoinTouched(sessions, session) : 0;

        // What has not ended cannot have ended by growing.
        if (isNew || before.HasEnded || joined > 0)
        {
            session.HasEnded = WatermarkOf(session) >= session.EndTicks;
            if (isNew) Insert(sessions, session);
            if (isNew || before.HasEnded != session.HasEnded) Await(e.Visitor, session);
        }
        Replace(isNew ? null : before, session.Facts);
        return joined;
    }

    public void Forget(int visitor)
    {
        if (visitor >= _sessions.Length || _sessions[visitor] is not { } sessions) return;
        foreach (var session in sessions) GiveUp(session);
        _sessions[visitor] = null;
    }

    public void Save(StateWriter output, bool everything)
    {
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

    /// <summary>Takes in what was saved. The sums are loaded after it.</summary>
    public void Load(StateReader input)
    {
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
        _changed.Clear();
    }

    private static Session? Find(List<Session> sessions, long ticks, string? id)
    {
        Session? reached = null;
        foreach (var session in sessions)
        {
            if (id is not null && session.Id == id) return session;
            if (reached is null && (id is null || session.Id is null) && session.Reaches(ticks))
                reached = session;
        }
        return reached;
    }

    /// <summary>A session that has grown or got a name may have come near to others.</summary>
    private int JoinTouched(List<Session> sessions, Session session)
    {
        var joined = 0;
        for (var i = sessions.Count - 1; i >= 0; i--)
        {
            var other = sessions[i];
            if (other == session || !session.Touches(other)) continue;
            session.Join(other);
            other.IsGone = true;
            sessions.RemoveAt(i);
            Replace(other.Facts, null);
            joined++;
        }
        return joined;
    }

    private void Insert(List<Session> sessions, Session session)
    {
        sessions.Add(session);
        if (sessions.Count <= SessionLimit) return;
        var oldest = sessions.MinBy(s => s.LastTicks)!;
        sessions.Remove(oldest);
        // The new one itself, where it is older than all: its facts are added by the caller.
        if (oldest == session) session.IsGone = session.HasEnded = true;
        else GiveUp(oldest);
    }

    private void GiveUp(Session session)
    {
        var before = session.Facts;
        session.IsGone = session.HasEnded = true;
        Replace(before, session.Facts);
    }

    private void Replace(SessionFacts? before, SessionFacts? after)
    {
        if (before == after) return;
        if (before is { } gone) add(gone, -1);
        if (after is { } come) add(come, +1);
    }

    private long WatermarkOf(Session session) =>
        graph.Clock.WatermarkOf(session.Source).UtcTicks;

    /// <summary>When the session ends, or, where it has ended, when no event that is not late
    /// can reach it any more.</summary>
    private long NextTicks(Session session)
    {
        if (!session.HasEnded) return session.EndTicks;
        var lateness = graph.Clock.AllowedLateness;
        return session.EndTicks + (session.Id is null || lateness > SessionRules.NamedLifetime
            ? lateness : SessionRules.NamedLifetime).Ticks;
    }

    private void Await(int visitor, Session session)
    {
        // A newer timeout of the session makes the older one void.
        var ticket = ++session.Ticket;
        graph.Schedule(
            owner, session.Source, new DateTimeOffset(NextTicks(session), TimeSpan.Zero),
            () =>
            {
                if (!session.IsGone && session.Ticket == ticket) OnTimeout(visitor, session);
            });
    }

    private void OnTimeout(int visitor, Session session)
    {
        // Events since may have moved the end: one timeout a session, not one an event.
        if (WatermarkOf(session) < NextTicks(session))
        {
            Await(visitor, session);
            return;
        }
        var sessions = Touch(visitor);
        if (session.HasEnded)
        {
            session.IsGone = true;
            sessions.Remove(session);
            return;
        }
        var before = session.Facts;
        session.HasEnded = true;
        Replace(before, session.Facts);
        Await(visitor, session);
    }

    private List<Session> Touch(int visitor)
    {
        if (visitor >= _sessions.Length)
            Array.Resize(ref _sessions, Math.Max(2 * _sessions.Length, Math.Max(256, visitor + 1)));
        _changed.Add(visitor);
        return _sessions[visitor] ??= new List<Session>(1);
    }
}
