using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

public sealed class DatasetTotalsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static CommerceEvent Event(
        EventName name, string visitor, double minute, params EventLine[] lines) => new()
        {
            Id = new EventId("1"),
            Source = "/test",
            Name = name,
            Time = Noon.AddMinutes(minute),
            Visitor = new VisitorId(visitor),
            Lines = lines,
        };

    private static EventLine Line(string sku, int quantity, decimal price, string currency) =>
        new(new Sku(sku), quantity, new Money(price, Currency.Of(currency)));

    [Fact]
    public void A_pause_of_half_an_hour_is_one_session_and_a_longer_one_is_two()
    {
        Assert.Equal(1, Sessions(0, 30, 60));
        Assert.Equal(2, Sessions(0, 30.01));
        Assert.Equal(2, Sessions(60, 0, 90));

        static long Sessions(params double[] minutes) => DatasetTotals
            .Of(minutes.Select(m => Event(EventName.ViewItem, "v", m))).Sessions;
    }

    [Fact]
    public void A_session_that_the_shop_names_is_one_however_long_it_pauses()
    {
        var session = new SessionId("s");

        var totals = DatasetTotals.Of([
            Event(EventName.ViewItem, "v", 0) with { Session = session },
            Event(EventName.ViewItem, "v", 600) with { Session = session },
        ]);

        Assert.Equal(1, totals.Sessions);
        Assert.Equal(1, totals.Visitors);
    }

    [Theory]
    [InlineData(30, 1)]
    [InlineData(-30, 1)]
    [InlineData(30.01, 2)]
    public void An_event_without_a_session_is_part_of_one_that_is_near(double minute, int count)
    {
        var totals = DatasetTotals.Of([
            Event(EventName.ViewItem, "v", minute),
            Event(EventName.ViewItem, "v", 0) with { Session = new SessionId("s") },
            Event(EventName.ViewItem, "other", minute) with { Session = new SessionId("t") },
        ]);

        Assert.Equal(count + 1, totals.Sessions);
    }

    [Fact]
    public void Revenue_is_what_was_sold_and_refunds_stand_apart()
    {
        var totals = DatasetTotals.Of([
            Event(EventName.Purchase, "v", 0, Line("a", 3, 0.1m, "EUR"), Line("b", 1, 2m, "EUR"))
                with { Region = "France" },
            Event(EventName.Purchase, "v", 12 * 60, Line("a", 1, 0.1m, "EUR")),
            Event(EventName.Refund, "v", 1, Line("a", 1, 0.1m, "EUR")) with { Region = "France" },
            Event(EventName.ViewItem, "v", 2, Line("c", 1, 9m, "EUR")),
        ]);

        Assert.Equal(["2026-01=2.3 EUR", "2026-02=0.1 EUR"], Texts(totals.RevenueByMonth));
        Assert.Equal(["=0.1 EUR", "France=2.3 EUR"], Texts(totals.RevenueByRegion));
        Assert.Equal(["2026-01=0.1 EUR"], Texts(totals.RefundsByMonth));
        Assert.Equal(["France=0.1 EUR"], Texts(totals.RefundsByRegion));
        Assert.Equal(3, totals.Products);

        static IEnumerable<string> Texts(IReadOnlyDictionary<string, Money> sums) =>
            sums.Select(sum => $"{sum.Key}={sum.Value}");
    }

    [Fact]
    public void Two_currencies_are_never_added_up() =>
        Assert.Throws<InvalidOperationException>(() => DatasetTotals.Of([
            Event(EventName.Purchase, "v", 0, Line("a", 1, 1m, "EUR")),
            Event(EventName.Purchase, "v", 0, Line("a", 1, 1m, "USD")),
        ]));
}
