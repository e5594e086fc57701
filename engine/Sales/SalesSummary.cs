using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Sales;

/// <summary>Revenue of a month or a region in one currency.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Key">The month, <c>2011-11</c>, or the region; empty where none was named.
/// </param>
/// <param name="Revenue">The sums.</param>
public sealed record RevenueRow(Currency Currency, string Key, Revenue Revenue);

/// <summary>Sums over all events of the shop.</summary>
/// <param name="Events">Distinct events by name; every name is there.</param>
/// <param name="Sources">Distinct events by source.</param>
/// <param name="Late">Those of them that were late for sessions, by source and name.</param>
/// <param name="Orders">Purchases, a long order's pieces counted once.</param>
/// <param name="Refunds">Refunds, a long refund's pieces counted once.</param>
/// <param name="Customers">Different customers.</param>
/// <param name="Visitors">Different visitors.</param>
/// <param name="IsExact">False where customers or visitors were too many to tell apart.</param>
/// <param name="Months">Revenue by currency and month, in that order.</param>
/// <param name="Regions">Revenue by currency and region, in that order.</param>
public sealed record Sales(
    IReadOnlyDictionary<EventName, long> Events,
    IReadOnlyDictionary<string, long> Sources,
    IReadOnlyDictionary<string, IReadOnlyDictionary<EventName, long>> Late,
    long Orders,
    long Refunds,
    long Customers,
    long Visitors,
    bool IsExact,
    IReadOnlyList<RevenueRow> Months,
    IReadOnlyList<RevenueRow> Regions);

/// <summary>Answers for the whole shop from each partition's <see cref="SalesProjection"/>.
/// </summary>
public sealed class SalesSummary(CommerceEngine engine)
{
    /// <summary>All sums. Walks every customer and visitor: for reports, not for every request.
    /// </summary>
    public Sales Read()
    {
        var events = EventNames.All.ToDictionary(name => name, _ => 0L);
        var sources = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var late = new SortedDictionary<string, Dictionary<EventName, long>>(
            StringComparer.Ordinal);
        var months = new Dictionary<(Currency, string), Revenue>();
        var regions = new Dictionary<(Currency, string), Revenue>();
        var customers = new HashSet<ulong>();
        long orders = 0, refunds = 0, visitors = 0;
        var exact = true;
        engine.ReadEach<SalesProjection>((_, sales) =>
        {
            foreach (var name in EventNames.All) events[name] += sales.EventsOf(name);
            foreach (var (source, count) in sales.Sources)
                sources[source] = sources.GetValueOrDefault(source) + count;
            foreach (var ((source, name), count) in sales.Late)
            {
                if (!late.TryGetValue(source, out var names)) late.Add(source, names = []);
                names[name] = names.GetValueOrDefault(name) + count;
            }
            Add(months, sales.Months);
            Add(regions, sales.Regions);
            orders += sales.Orders;
            refunds += sales.Refunds;
            // A customer may use several visitors, so several partitions; a visitor has one.
            customers.UnionWith(sales.Customers.Hashes);
            visitors += sales.Visitors.Hashes.Count;
            exact &= sales.Customers.IsExact && sales.Visitors.IsExact;
        });
        return new Sales(events, sources,
            late.ToDictionary(
                pair => pair.Key, pair => (IReadOnlyDictionary<EventName, long>)pair.Value),
            orders, refunds, customers.Count, visitors, exact,
            Rows(months), Rows(regions));
    }

    private static void Add(
        Dictionary<(Currency, string), Revenue> sums,
        IReadOnlyDictionary<(Currency, string), Revenue> parts)
    {
        foreach (var (key, revenue) in parts)
            sums[key] = sums.GetValueOrDefault(key) + revenue;
    }

    private static RevenueRow[] Rows(Dictionary<(Currency Currency, string Key), Revenue> sums) =>
        [.. sums.Select(sum => new RevenueRow(sum.Key.Currency, sum.Key.Key, sum.Value))
            .OrderBy(row => row.Currency.Code, StringComparer.Ordinal)
            .ThenBy(row => row.Key, StringComparer.Ordinal)];
}
