using System.Numerics;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Funnels;

/// <summary>
/// The live funnel: how far sessions come from a view to a purchase. A session counts at a step
/// when it has seen that step and all before it, in whatever order they arrived (the closed
/// funnel), and besides wherever it has seen the step at all (the open funnel). Counted by the
/// hour in which the session began. Sessions are those of <see cref="SessionTracker"/>: an
/// event that is late for its session is not in it.
/// </summary>
public sealed class FunnelProjection : IProjection
{
    /// <summary>GA4's steps, in order.</summary>
    public static readonly IReadOnlyList<EventName> Steps =
    [
        EventName.ViewItem, EventName.AddToCart, EventName.BeginCheckout,
        EventName.AddShippingInfo, EventName.AddPaymentInfo, EventName.Purchase,
    ];

    /// <summary>Hours with sessions that are kept; beyond it the earliest are dropped.</summary>
    public const int HourLimit = 24 * 400;

    private readonly Dictionary<long, HourCounts> _hours = [];
    private readonly HashSet<long> _changedHours = [];
    private long _firstHour = long.MinValue;

    public FunnelProjection(PartitionGraph graph) => graph.WatchSessions(Name, Add);

    public string Name => "funnel";

    public int Version => 2;

    /// <summary>Adds up the hours from <paramref name="from"/> on.</summary>
    /// <param name="from">Sessions that began before this hour are left out.</param>
    /// <param name="closed">Added to: sessions with this step and all before it.</param>
    /// <param name="open">Added to: sessions with this step.</param>
    public void Sum(DateTimeOffset from, Span<long> closed, Span<long> open)
    {
        var first = from.UtcTicks / TimeSpan.TicksPerHour;
        foreach (var (hour, counts) in _hours)
        {
            if (hour < first) continue;
            for (var step = 0; step < Steps.Count; step++)
            {
                closed[step] += counts.Closed[step];
                open[step] += counts.Open[step];
            }
        }
    }

    public void Apply(in StreamEvent e)
    {
        // Sums over sessions: all that counts is how they change.
    }

    public void Forget(int visitor)
    {
        // A session that is forgotten has been counted.
    }

    public int KeptOf(int visitor) => 0;

    public void Save(StateWriter output, bool everything)
    {
        output.WriteSigned(_firstHour);
        var hours = everything ? (IReadOnlyCollection<long>)_hours.Keys
            : [.. _changedHours.Where(_hours.ContainsKey)];
        output.WriteCount(hours.Count);
        foreach (var hour in hours)
        {
            output.WriteSigned(hour);
            foreach (var count in _hours[hour].Closed) output.WriteNumber((ulong)count);
            foreach (var count in _hours[hour].Open) output.WriteNumber((ulong)count);
        }
        _changedHours.Clear();
    }

    public void Load(StateReader input)
    {
        _firstHour = input.ReadSigned();
        foreach (var hour in _hours.Keys.Where(hour => hour < _firstHour).ToArray())
            _hours.Remove(hour);
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var counts = _hours[input.ReadSigned()] = new HourCounts();
            for (var i = 0; i < Steps.Count; i++) counts.Closed[i] = (long)input.ReadNumber();
            for (var i = 0; i < Steps.Count; i++) counts.Open[i] = (long)input.ReadNumber();
        }
        _changedHours.Clear();
    }

    private void Add(SessionChange change)
    {
        var (facts, sign, _) = change;
        var seen = StepsOf(facts);
        var hour = facts.FirstTicks / TimeSpan.TicksPerHour;
        if (seen == 0 || hour < _firstHour) return;
        if (!_hours.TryGetValue(hour, out var counts))
            _hours.Add(hour, counts = new HourCounts());
        _changedHours.Add(hour);
        for (var step = 0; step < Steps.Count; step++)
            if ((seen & (1u << step)) != 0) counts.Open[step] += sign;
        // Steps seen without a gap, from the first.
        var reached = BitOperations.TrailingZeroCount(~seen);
        for (var step = 0; step < reached; step++) counts.Closed[step] += sign;
        if (_hours.Count > HourLimit) DropEarliest();
    }

    /// <summary>A bit for each step that the session has seen.</summary>
    private static uint StepsOf(in SessionFacts facts)
    {
        var seen = 0u;
        for (var step = 0; step < Steps.Count; step++)
            if (facts.Has(Steps[step])) seen |= 1u << step;
        return seen;
    }

    private void DropEarliest()
    {
        var earliest = _hours.Keys.Min();
        _hours.Remove(earliest);
        // Remembered, so that a session of that hour that still changes does not bring it back.
        _firstHour = earliest + 1;
    }

    private sealed class HourCounts
    {
        public long[] Closed { get; } = new long[Steps.Count];

        public long[] Open { get; } = new long[Steps.Count];
    }
}
