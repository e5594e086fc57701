using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

public sealed class MultiCategoryReaderTests
{
    private const string Header = "event_time,event_type,product_id,category_id,category_code," +
        "brand,price,user_id,user_session\n";

    // Invented rows.
    private const string View =
        "2019-10-01 00:00:05 UTC,view,901,77,toys.trains,acme,12.50,u1,s-1\n";

    private const string Cart = "2019-10-01 00:01:00 UTC,cart,901,77,,,12.50,u1,s-1\n";

    private const string Remove =
        "2019-10-01 00:02:00 UTC,remove_from_cart,901,77,,acme,12.50,u1,s-1\n";

    private const string Purchase = "2019-10-01 00:03:00 UTC,purchase,902,78,,,3.00,u2,s-2\n";

    private static List<DatasetRow> Read(string rows) =>
        DatasetFiles.ReadText("multi-category", Header + rows);

    [Fact]
    public void Each_type_of_row_becomes_its_event()
    {
        var events = Read(View + Cart + Remove + Purchase).CheckedEvents();

        Assert.Equal([EventName.ViewItem, EventName.AddToCart, EventName.RemoveFromCart,
            EventName.Purchase], events.Select(e => e.Name));
    }

    [Fact]
    public void A_row_keeps_product_price_visitor_session_brand_and_category()
    {
        var e = Assert.Single(Read(View).Events());

        Assert.Equal(new DateTimeOffset(2019, 10, 1, 0, 0, 5, TimeSpan.Zero), e.Time);
        Assert.Equal(new VisitorId("u1"), e.Visitor);
        Assert.Equal(new SessionId("s-1"), e.Session);
        Assert.Equal(
            [new EventLine(new Sku("901"), 1, new Money(12.50m, Currency.Of("USD")))], e.Lines);
        Assert.Equal("acme", e.Parameters!["item_brand"]);
        Assert.Equal("toys.trains", e.Parameters["item_category"]);
        Assert.Null(e.Order);
    }

    [Fact]
    public void What_a_row_leaves_empty_its_event_leaves_out()
    {
        var e = Assert.Single(Read("2019-10-01 00:03:00 UTC,purchase,902,78,,,,u2,\n").Events());

        Assert.Null(e.Parameters);
        Assert.Null(e.Session);
        Assert.Null(e.Lines[0].UnitPrice);
        Assert.Equal(e.Id.Value, e.Order!.Value.Value);
    }

    [Fact]
    public void Each_purchase_row_is_an_order_of_its_own()
    {
        var events = Read(Purchase + Purchase.Replace("902", "903", StringComparison.Ordinal))
            .CheckedEvents();

        Assert.Equal(2, events.Select(e => e.Order).Distinct().Count());
        Assert.All(events, e => Assert.StartsWith("s-2/", e.Order!.Value.Value,
            StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_that_occur_twice_are_two_events_and_keep_their_ids_in_a_file_cut_elsewhere()
    {
        var whole = Read(View + Cart + Cart + Purchase).CheckedEvents();
        var cut = Read(Cart + Cart + Purchase).CheckedEvents();

        Assert.Equal(4, whole.Count);
        Assert.Equal(whole.Skip(1).Select(e => e.Id), cut.Select(e => e.Id));
    }

    [Theory]
    [InlineData("2019-10-01 00:00:06,view,901,77,,,1,u1,s", "event_time '2019-10-01 00:00:06'")]
    [InlineData("2019-10-01 00:00:04 UTC,view,901,77,,,1,u1,s", "earlier than a row above")]
    [InlineData("2019-10-01 00:00:06 UTC,look,901,77,,,1,u1,s", "event_type 'look'")]
    [InlineData("2019-10-01 00:00:06 UTC,view,,77,,,1,u1,s", "product_id is empty")]
    [InlineData("2019-10-01 00:00:06 UTC,view,901,77,,,-1,u1,s", "price '-1'")]
    [InlineData("2019-10-01 00:00:06 UTC,view,901,77,,,1,,s", "user_id is empty")]
    public void A_bad_row_is_named_by_its_line_and_reason(string bad, string reason)
    {
        var rows = Read($"{View}{bad}\n{Cart}");

        var (line, problem) = Assert.Single(rows.Bad());
        Assert.Equal(3, line);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Equal(2, rows.Events().Count());
    }

    [Fact]
    public void The_first_rows_of_the_real_log_are_all_events()
    {
        var file = DatasetFiles.Shared("clickstream-sample/rees46_2019-Oct_first1000.csv.gz");
        var raw = DatasetFiles.RawLines(file).Select(line => line.Split(',')).ToList();
        var rows = DatasetFiles.Read("multi-category", File.OpenRead(file)).ToList();

        var totals = DatasetTotals.Of(rows.CheckedEvents());

        Assert.Empty(rows.Bad());
        Assert.Equal(987, totals.EventsByName[EventName.ViewItem]);
        Assert.Equal(3, totals.EventsByName[EventName.AddToCart]);
        Assert.Equal(10, totals.EventsByName[EventName.Purchase]);
        Assert.Equal(10, totals.Orders);
        Assert.Equal(raw.Select(f => f[7]).Distinct().Count(), totals.Visitors);
        Assert.Equal(raw.Select(f => f[8]).Distinct().Count(), totals.Sessions);
        Assert.Equal(raw.Where(f => f[1] == "purchase").Sum(f => decimal.Parse(
            f[6], System.Globalization.CultureInfo.InvariantCulture)),
            totals.RevenueByMonth["2019-10"].Amount);
    }
}
