using FsCheck.Xunit;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Sales;

public sealed class SalesTests
{
    [Property(MaxTest = 80)]
    public void The_sums_are_those_over_the_whole_list_late_events_too(int seed)
    {
        var events = new RandomShop(seed)
        {
            LateShare = 0.1,
            Sources = 3,
            MeanStep = TimeSpan.FromHours(3),
        }.Events(500);
        using var run = New().Push(events);
        var sales = run.Get<SalesProjection>();

        foreach (var name in EventNames.All)
            Assert.Equal(events.Count(e => e.Name == name), sales.EventsOf(name));
        Assert.Equal(CountOrders(events, EventName.Purchase), sales.Orders);
        Assert.Equal(CountOrders(events, EventName.Refund), sales.Refunds);
        Assert.Equal(
            events.Select(e => e.Customer).OfType<CustomerId>().Distinct().Count(),
            sales.Customers.Hashes.Count);
        Assert.Equal(events.Select(e => e.Visitor).Distinct().Count(), sales.Visitors.Hashes.Count);
        AssertSame(SumBy(events, e => e.Time.UtcDateTime.ToString("yyyy-MM")), sales.Months);
        AssertSame(SumBy(events, e => e.Region ?? ""), sales.Regions);
    }

    [Fact]
    public void An_order_in_pieces_is_one_order_with_all_its_revenue()
    {
        var whole = Purchase(12.34m);
        using var run = New().Push(whole, whole with
        {
            Id = new("second"),
            Parameters = new Dictionary<string, string>
            { [CommerceEvent.OrderPartParameter] = "2" },
        });

        Assert.Equal(1, run.Get<SalesProjection>().Orders);
        Assert.Equal(24.68m, Assert.Single(run.Get<SalesProjection>().Months).Value.Purchased);
    }

    [Fact]
    public void The_month_is_that_of_universal_time()
    {
        using var run = New().Push(Purchase(1) with
        {
            Time = new DateTimeOffset(2026, 2, 1, 0, 30, 0, TimeSpan.FromHours(1)),
        });

        Assert.Equal("2026-01", Assert.Single(run.Get<SalesProjection>().Months).Key.Key);
    }

    [Fact]
    public void An_order_without_prices_is_an_order_but_no_revenue_in_no_currency()
    {
        using var run = New().Push(Purchase(1) with { Lines = [new(new("p"), 3)] });

        Assert.Equal(1, run.Get<SalesProjection>().Orders);
        Assert.Empty(run.Get<SalesProjection>().Months);
        Assert.Empty(run.Get<SalesProjection>().Regions);
    }

    private static GraphRun New() => new(build: _ => [new SalesProjection()]);

    private static CommerceEvent Purchase(decimal price) => new()
    {
        Id = new("first"),
        Source = "/shop",
        Name = EventName.Purchase,
        Time = RandomShop.Start,
        Visitor = new("v"),
        Order = new("o"),
        Lines = [new(new("p"), 1, new Money(price, Currency.Of("EUR")))],
    };

    private static int CountOrders(CommerceEvent[] events, EventName name) => events.Count(e =>
        e.Name == name && e.Parameters?[CommerceEvent.OrderPartParameter] is null or "1");

    private static Dictionary<(Currency, string), Revenue> SumBy(
        CommerceEvent[] events, Func<CommerceEvent, string> key) => events
        .Where(e => e.Name is EventName.Purchase or EventName.Refund)
        .SelectMany(e => e.Lines.Where(line => line.UnitPrice is not null), (e, line) => (e, line))
        .GroupBy(pair => (pair.line.UnitPrice!.Value.Currency, key(pair.e)))
        .ToDictionary(group => group.Key, group => new Revenue
        {
            Purchased = Sum(group.Where(pair => pair.e.Name == EventName.Purchase)),
            Refunded = Sum(group.Where(pair => pair.e.Name == EventName.Refund)),
        });

    private static decimal Sum(IEnumerable<(CommerceEvent, EventLine Line)> pairs) =>
        pairs.Sum(pair => pair.Line.UnitPrice!.Value.Amount * pair.Line.Quantity);

    private static void AssertSame(
        Dictionary<(Currency, string), Revenue> expected,
        IReadOnlyDictionary<(Currency, string), Revenue> actual) =>
        Assert.Equal(Sorted(expected), Sorted(actual));

    private static IEnumerable<KeyValuePair<(Currency Currency, string Key), Revenue>> Sorted(
        IEnumerable<KeyValuePair<(Currency Currency, string Key), Revenue>> sums) =>
        sums.OrderBy(sum => sum.Key.Currency.Code).ThenBy(sum => sum.Key.Key);
}
