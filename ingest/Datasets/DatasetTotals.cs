using System.Globalization;
using System.Runtime.InteropServices;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// What a sequence of events adds up to, exactly: what the service must show after it has replayed
/// them. Every event counts, also one that comes twice.
/// </summary>
public sealed class DatasetTotals
{
    /// <summary>The longest pause inside a session where the events name none.</summary>
    public static readonly TimeSpan SessionGap = TimeSpan.FromMinutes(30);

    private readonly SortedDictionary<EventName, long> _events = [];
    private readonly SortedDictionary<string, Money> _revenueByMonth = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Money> _revenueByRegion = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Money> _refundsByMonth = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Money> _refundsByRegion = new(StringComparer.Ordinal);

    private DatasetTotals()
    {
    }

    /// <summary>Events by name; names that do not occur are left out.</summary>
    public IReadOnlyDictionary<EventName, long> EventsByName => _events;

    /// <summary>All events.</summary>
    public long Events { get; private set; }

    /// <summary>Lines of all events.</summary>
    public long Lines { get; private set; }

    /// <summary>Purchases, a long one once though it comes in parts.</summary>
    public long Orders { get; private set; }

    /// <summary>Refunds, a long one once though it comes in parts.</summary>
    public long RefundOrders { get; private set; }

    /// <summary>Different products on the lines.</summary>
    public long Products { get; private set; }

    /// <summary>Different known customers.</summary>
    public long Customers { get; private set; }

    /// <summary>Different visitors.</summary>
    public long Visitors { get; private set; }

    /// <summary>
    /// Different session ids, plus the sessions of the events without one: a visitor's events
    /// whose times lie no more than <see cref="SessionGap"/> apart from each other, and further
    /// from each of the visitor's sessions with an id.
    /// </summary>
    public long Sessions { get; private set; }

    /// <summary>
    /// Priced purchase lines by UTC month (<c>2010-12</c>), refunds not taken off.
    /// </summary>
    public IReadOnlyDictionary<string, Money> RevenueByMonth => _revenueByMonth;

    /// <summary>Priced purchase lines by region; "" where an event names none.</summary>
    public IReadOnlyDictionary<string, Money> RevenueByRegion => _revenueByRegion;

    /// <summary>Priced refund lines by UTC month of the refund, positive.</summary>
    public IReadOnlyDictionary<string, Money> RefundsByMonth => _refundsByMonth;

    /// <summary>Priced refund lines by region; "" where an event names none.</summary>
    public IReadOnlyDictionary<string, Money> RefundsByRegion => _refundsByRegion;

    /// <summary>
    /// Adds up, in any order of the events. Keeps every visitor, customer, product and session in
    /// memory, and a time for every event without a session: some hundred megabytes for millions.
    /// </summary>
    /// <exception cref="InvalidOperationException">The prices are in two currencies.</exception>
    public static DatasetTotals Of(IEnumerable<CommerceEvent> events)
    {
        var totals = new DatasetTotals();
        var products = new HashSet<Sku>();
        var customers = new HashSet<CustomerId>();
        var visitors = new HashSet<VisitorId>();
        var sessions = new Dictionary<(VisitorId, SessionId), Span>();
        var loose = new Dictionary<VisitorId, List<DateTimeOffset>>();
        foreach (var e in events)
        {
            totals.Count(e);
            foreach (ref readonly var line in e.Lines.AsSpan()) products.Add(line.Sku);
            if (e.Customer is { } customer) customers.Add(customer);
            visitors.Add(e.Visitor);
            if (e.Session is { } session)
            {
                ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    sessions, (e.Visitor, session), out var known);
                span = known ? span.With(e.Time) : new Span(e.Time, e.Time);
                continue;
            }
            ref var times = ref CollectionsMarshal.GetValueRefOrAddDefault(
                loose, e.Visitor, out _);
            (times ??= []).Add(e.Time);
        }
        totals.Products = products.Count;
        totals.Customers = customers.Count;
        totals.Visitors = visitors.Count;
        var named = sessions.ToLookup(session => session.Key.Item1, session => session.Value);
        totals.Sessions = sessions.Count
            + loose.Sum(visitor => CountApart(visitor.Value, [.. named[visitor.Key]]));
        return totals;
    }

    private void Count(CommerceEvent e)
    {
        Events++;
        Lines += e.Lines.Length;
        _events[e.Name] = _events.GetValueOrDefault(e.Name) + 1;
        if (e.Name == EventName.Purchase)
        {
            if (e.OrderPart == 1) Orders++;
            AddAmount(e, _revenueByMonth, _revenueByRegion);
        }
        else if (e.Name == EventName.Refund)
        {
            if (e.OrderPart == 1) RefundOrders++;
            AddAmount(e, _refundsByMonth, _refundsByRegion);
        }
    }

    private static void AddAmount(
        CommerceEvent e, SortedDictionary<string, Money> byMonth,
        SortedDictionary<string, Money> byRegion)
    {
        Money? sum = null;
        foreach (ref readonly var line in e.Lines.AsSpan())
        {
            if (line.UnitPrice is not { } price) continue;
            sum = sum is { } before ? before + (price * line.Quantity) : price * line.Quantity;
        }
        if (sum is not { } amount) return;
        Add(byMonth, e.Time.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture), amount);
        Add(byRegion, e.Region ?? "", amount);
    }

    private static void Add(SortedDictionary<string, Money> sums, string key, Money amount) =>
        sums[key] = sums.TryGetValue(key, out var before) ? before + amount : amount;

    /// <summary>How many silences cut the times into sessions that touch no other.</summary>
    private static int CountApart(List<DateTimeOffset> times, Span[] named)
    {
        times.Sort();
        var count = 0;
        var session = new Span(times[0], times[0]);
        foreach (var time in times)
        {
            if (time - session.To > SessionGap)
            {
                if (!Array.Exists(named, session.Touches)) count++;
                session = new Span(time, time);
            }
            session = session.With(time);
        }
        return Array.Exists(named, session.Touches) ? count : count + 1;
    }

    private readonly record struct Span(DateTimeOffset From, DateTimeOffset To)
    {
        public Span With(DateTimeOffset time) =>
            new(time < From ? time : From, time > To ? time : To);

        public bool Touches(Span other) =>
            From - other.To <= SessionGap && other.From - To <= SessionGap;
    }
}
