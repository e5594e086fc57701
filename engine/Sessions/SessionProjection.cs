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

/// <summary>Counts sessions as <see cref="SessionTracker"/> cuts them.</summary>
public sealed class SessionProjection : IProjection
{
    private SessionCounts _counts;

    public SessionProjection(PartitionGraph graph) => graph.WatchSessions(Name, Add);

    public string Name => "sessions";

    public int Version => 2;

    public SessionCounts Counts => _counts;

    public void Apply(in StreamEvent e)
    {
        // What a late event belongs to is no longer known; the clock counts it.
        if (!e.IsLate) _counts.Events++;
    }

    public void Forget(int visitor)
    {
        // A session that is forgotten has been counted.
    }

    public int KeptOf(int visitor) => 0;

    public void Save(StateWriter output, bool everything)
    {
        output.WriteNumber((ulong)_counts.Started);
        output.WriteNumber((ulong)_counts.Ended);
        output.WriteNumber((ulong)_counts.Events);
        output.WriteNumber((ulong)_counts.Merged);
    }

    public void Load(StateReader input) => _counts = new SessionCounts
    {
        Started = (long)input.ReadNumber(),
        Ended = (long)input.ReadNumber(),
        Events = (long)input.ReadNumber(),
        Merged = (long)input.ReadNumber(),
    };

    private void Add(SessionChange change)
    {
        _counts.Started += change.Sign;
        if (change.Facts.HasEnded) _counts.Ended += change.Sign;
        if (change.IsJoin) _counts.Merged++;
    }
}
