using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Engine.Sessions;

/// <summary>A session that is known from its whole list of events.</summary>
internal sealed record KnownSession(string? Id, List<CommerceEvent> Events)
{
    public DateTimeOffset First => Events[0].Time;

    public DateTimeOffset Last => Events[^1].Time;

    public bool IsNear(KnownSession other) =>
        other.First <= Last + SessionRules.Gap && other.Last >= First - SessionRules.Gap;
}

/// <summary>
/// Cuts sessions the simple way, from the whole list in order of time: a session a name; the
/// events without one cut by the gap; those of the latter that are near one with a name go to it.
/// </summary>
internal static class SessionOracle
{
    public static List<KnownSession> Cut(IEnumerable<CommerceEvent> events)
    {
        var sessions = new List<KnownSession>();
        foreach (var visitor in events.OrderBy(e => e.Time).GroupBy(e => e.Visitor))
        {
            var named = visitor.Where(e => e.Session is not null)
                .GroupBy(e => e.Session!.Value.Value)
                .Select(group => new KnownSession(group.Key, [.. group])).ToList();
            foreach (var nameless in CutByGap(visitor.Where(e => e.Session is null)))
            {
                var hosts = named.Where(session => session.IsNear(nameless)).ToList();
                if (hosts.Count == 0) sessions.Add(nameless);
            }
            sessions.AddRange(named);
        }
        return sessions;
    }

    private static IEnumerable<KnownSession> CutByGap(IEnumerable<CommerceEvent> events)
    {
        KnownSession? session = null;
        foreach (var e in events)
        {
            if (session is not null && e.Time > session.Last + SessionRules.Gap)
            {
                yield return session;
                session = null;
            }
            (session ??= new(null, [])).Events.Add(e);
        }
        if (session is not null) yield return session;
    }
}
