using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Funnels;

/// <summary>
/// The live funnel: how far sessions come from a view to a purchase. A session counts at a step
/// when it has seen that step and all before it, in whatever order they arrived (the closed
/// funnel), and besides wherever it has seen the step at all (the open funnel). Counted by the
/// hour in which the session began.
/// </summary>
public sealed class FunnelProjection : IProjection
{
    /// <summary>GA4's steps, in order.</summary>
    public static readonly IReadOnlyList<EventName> Steps =
    [
        EventName.ViewItem, EventName.AddToCart, EventName.BeginCheckout,
        EventName.AddShippingInfo, EventName.AddPaymentInfo, EventName.Purchase,
    ];

    /// <summary>Hours kept, counted back from the latest; older ones are dropped.</summary>
    public const int HourLimit = 24 * 400;

    private static readonly int[] StepOf = MakeStepOf();

    private readonly Dictionary<long, HourCounts> _hours = [];
    private readonly HashSet<long> _changedHours = [];
    private readonly DirtyNumbers _changed = new();
    private Walk[] _walks = [];

    public string Name => "funnel";

    public int Version => 1;

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
        var step = StepOf[(int)e.Event.Name];
        // A late event's session may be gone: to begin another one for it would count it twice.
        if (step < 0 || e.IsLate) return;

        ref var walk = ref Touch(e.Visitor);
        var session = e.Event.Session?.Value;
        if (walk.IsOver(e.Ticks, session))
            walk = new Walk { Hour = e.Ticks / TimeSpan.TicksPerHour, Session = session };
        walk.LastTicks = Math.Max(walk.LastTicks, e.Ticks);
        walk.Session ??= session;
        if ((walk.Seen & (1 << step)) != 0) return;

        var before = walk.Reached;
        walk.Seen |= (byte)(1 << step);
        var counts = CountsOf(walk.Hour);
        counts.Open[step]++;
        for (var reached = before; reached < walk.Reached; reached++) counts.Closed[reached]++;
    }

    public void Forget(int visitor)
    {
        if (visitor < _walks.Length) _walks[visitor] = default;
    }

    public void Save(StateWriter output, bool everything)
    {
        output.WriteCount(everything ? _hours.Count : _changedHours.Count);
        foreach (var hour in everything ? (IEnumerable<long>)_hours.Keys : _changedHours)
        {
            output.WriteSigned(hour);
            // An hour that was dropped since is written empty.
            var counts = _hours.GetValueOrDefault(hour) ?? new HourCounts();
            foreach (var count in counts.Closed) output.WriteNumber((ulong)count);
            foreach (var count in counts.Open) output.WriteNumber((ulong)count);
        }
        _changedHours.Clear();

        if (everything)
        {
            for (var visitor = 0; visitor < _walks.Length; visitor++)
                if (_walks[visitor].Seen != 0) _changed.Add(visitor);
        }
        var alive = 0;
        foreach (var visitor in _changed.Numbers) if (_walks[visitor].Seen != 0) alive++;
        output.WriteCount(alive);
        foreach (var visitor in _changed.Numbers)
        {
            var walk = _walks[visitor];
            if (walk.Seen == 0) continue;
            output.WriteVisitor(visitor);
            output.WriteSigned(walk.Hour);
            output.WriteSigned(walk.LastTicks);
            output.WriteCount(walk.Seen);
            output.WriteText(walk.Session ?? "");
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var counts = CountsOf(input.ReadSigned());
            for (var i = 0; i < Steps.Count; i++) counts.Closed[i] = (long)input.ReadNumber();
            for (var i = 0; i < Steps.Count; i++) counts.Open[i] = (long)input.ReadNumber();
        }
        for (var count = input.ReadCount(); count > 0; count--)
        {
            Touch(input.ReadVisitor()) = new Walk
            {
                Hour = input.ReadSigned(),
                LastTicks = input.ReadSigned(),
                Seen = (byte)input.ReadCount(),
                Session = input.ReadText() is { Length: > 0 } session ? session : null,
            };
        }
        _changed.Clear();
        _changedHours.Clear();
    }

    private HourCounts CountsOf(long hour)
    {
        _changedHours.Add(hour);
        if (_hours.TryGetValue(hour, out var counts)) return counts;
        if (_hours.Count >= HourLimit) _hours.Remove(_hours.Keys.Min());
        return _hours[hour] = new HourCounts();
    }

    private ref Walk Touch(int visitor)
    {
        if (visitor >= _walks.Length)
            Array.Resize(ref _walks, Math.Max(2 * _walks.Length, Math.Max(256, visitor + 1)));
        _changed.Add(visitor);
        return ref _walks[visitor];
    }

    private static int[] MakeStepOf()
    {
        var stepOf = new int[EventNames.All.Count + 1];
        Array.Fill(stepOf, -1);
        for (var step = 0; step < Steps.Count; step++) stepOf[(int)Steps[step]] = step;
        return stepOf;
    }

    private sealed class HourCounts
    {
        public long[] Closed { get; } = new long[Steps.Count];

        public long[] Open { get; } = new long[Steps.Count];
    }

    /// <summary>One session's way through the funnel so far.</summary>
    private struct Walk
    {
        public long Hour;
        public long LastTicks;
        public string? Session;
        public byte Seen;

        /// <summary>Steps seen without a gap, from the first.</summary>
        public readonly int Reached => System.Numerics.BitOperations.TrailingZeroCount(~(uint)Seen);

        public readonly bool IsOver(long ticks, string? session) =>
            Seen == 0
            || (session is not null && Session is not null
                ? session != Session
                : ticks > LastTicks + SessionRules.Gap.Ticks);
    }
}
