using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// Event time of a partition. Each source has a watermark: the latest time it has sent, less the
/// disorder that is expected of it. A watermark a source, not one for all (as stream processors
/// keep one a split), so that a history that is read in beside live traffic is not late.
/// Timeouts run when the source's watermark reaches them, so that they fall between the same two
/// events however often and however fast the log is read. A source that falls silent does not end
/// its sessions until it speaks again.
/// </summary>
public sealed class EventTimeClock(EventTimeOptions options) : ICheckpointed
{
    private readonly Dictionary<string, SourceClock> _clocks = new(StringComparer.Ordinal);
    private readonly List<SourceClock> _byNumber = [];
    private SourceClock? _last;
    // As one number, which no reader can see half written.
    private long _latestTicks;

    public string Name => "event-time";

    public int Version => 1;

    /// <summary>How long behind the watermark an event is not late yet.</summary>
    public TimeSpan AllowedLateness => options.AllowedLateness;

    /// <summary>Events behind the watermark by more than the allowed lateness.</summary>
    public long LateEvents { get; private set; }

    /// <summary>The latest watermark of any source; the minimum before the first event. Any
    /// thread.</summary>
    public DateTimeOffset Latest => new(Volatile.Read(ref _latestTicks), TimeSpan.Zero);

    /// <summary>
    /// Moves the source's watermark by an event, runs the timeouts that it passes, and tells
    /// whether the event is late.
    /// </summary>
    public bool Advance(string source, DateTimeOffset time)
    {
        var clock = Of(source);
        var watermark = time.UtcTicks - options.Disorder.Ticks;
        if (watermark > clock.Watermark)
        {
            clock.Watermark = watermark;
            if (watermark > _latestTicks) Volatile.Write(ref _latestTicks, watermark);
            clock.RunTimeouts();
            return false;
        }
        if (time.UtcTicks >= clock.Watermark - options.AllowedLateness.Ticks) return false;
        LateEvents++;
        return true;
    }

    /// <summary>A source's number in this process, from 0.</summary>
    public int NumberOf(string source) => Of(source).Number;

    /// <summary>A source by its number.</summary>
    public string SourceOf(int number) => _byNumber[number].Source;

    /// <summary>How far a source has come, in UTC ticks; 0 before its first event.</summary>
    public long WatermarkOf(int number) => Math.Max(0, _byNumber[number].Watermark);

    /// <summary>
    /// Runs the action when the source's watermark reaches the time, on the partition's thread,
    /// before the event that moved it. Not saved: whoever asked asks again after loading.
    /// </summary>
    public void Schedule(int number, DateTimeOffset due, Action action) =>
        _byNumber[number].Schedule(due, action);

    public void Save(StateWriter output, bool everything)
    {
        output.WriteNumber((ulong)LateEvents);
        output.WriteCount(_clocks.Count);
        foreach (var (source, clock) in _clocks)
        {
            output.WriteText(source);
            output.WriteSigned(clock.Watermark);
        }
    }

    public void Load(StateReader input)
    {
        LateEvents = (long)input.ReadNumber();
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var clock = Of(input.ReadText());
            clock.Watermark = input.ReadSigned();
            if (clock.Watermark > _latestTicks)
                Volatile.Write(ref _latestTicks, clock.Watermark);
        }
    }

    private SourceClock Of(string source)
    {
        // Events of one source come in long runs.
        if (_last is { } last && last.Source == source) return last;
        if (!_clocks.TryGetValue(source, out var clock))
        {
            // Beyond the limit sources share one clock: memory stays bounded, and their events
            // are at worst called late.
            if (_clocks.Count >= options.SourceLimit) source = "(others)";
            if (!_clocks.TryGetValue(source, out clock))
            {
                _clocks.Add(source, clock = new SourceClock(source, _byNumber.Count));
                _byNumber.Add(clock);
            }
        }
        return _last = clock;
    }

    private sealed class SourceClock(string source, int number)
    {
        // By their times; those of one time in the order in which they were asked for.
        private readonly PriorityQueue<Action, (long Ticks, long Number)> _timeouts = new();
        private long _number;

        public string Source { get; } = source;

        public int Number { get; } = number;

        /// <summary>UTC ticks.</summary>
        public long Watermark { get; set; } = long.MinValue;

        public void Schedule(DateTimeOffset due, Action action) =>
            _timeouts.Enqueue(action, (due.UtcTicks, _number++));

        public void RunTimeouts()
        {
            while (_timeouts.TryPeek(out var action, out var due) && due.Ticks <= Watermark)
            {
                // Gone also where it fails: the next event must not run it again.
                _timeouts.Dequeue();
                action();
            }
        }
    }
}
