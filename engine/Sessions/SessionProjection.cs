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
    private readonly SessionTracker _tracker;
    private SessionCounts _counts;

    public SessionProjection(PartitionGraph graph) => _tracker = new(graph, Name, Add);

    public string Name => "sessions";

    public int Version => 1;

    public SessionCounts Counts => _counts;

    public void Apply(in StreamEvent e)
    {
        // What a late event belongs to is no longer known; the clock counts it.
        if (e.IsLate) return;
        _counts.Merged += _tracker.Include(e, marks: 0);
        _counts.Events++;
    }

    public void Forget(int visitor) => _tracker.Forget(visitor);

    public void Save(StateWriter output, bool everything)
    {
        _tracker.Save(output, everything);
        output.WriteNumber((ulong)_counts.Started);
        output.WriteNumber((ulong)_counts.Ended);
        output.WriteNumber((ulong)_counts.Events);
        output.WriteNumber((ulong)_counts.Merged);
    }

    public void Load(StateReader input)
    {
        _tracker.Load(input);
        _counts = new SessionCounts
        {
            Started = (long)input.ReadNumber(),
            Ended = (long)input.ReadNumber(),
            Events = (long)input.ReadNumber(),
            Merged = (long)input.ReadNumber(),
        };
    }

    private void Add(SessionFacts facts, int sign)
    {
        _counts.Started += sign;
        if (facts.HasEnded) _counts.Ended += sign;
    }
}
