using System.Globalization;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

public sealed class OnlineRetailReaderTests
{
    private const string Header =
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    private static List<DatasetRow> Read(params string[] lines) =>
        DatasetFiles.ReadText("online-retail", Header + string.Join('\n', lines) + '\n');

    [Fact]
    public void An_invoice_is_one_purchase_with_its_lines()
    {
        var e = Assert.Single(Read(
            "100,A1,\"MUG, BLUE\",2,2010-12-01 08:26:00,2.55,77,France",
            "100,B2,TRAY,1,2010-12-01 08:26:00,0,77,France").Events());

        Assert.Equal(EventName.Purchase, e.Name);
        Assert.Equal(new EventId("100"), e.Id);
        Assert.Equal("/dataset/online-retail", e.Source);
        Assert.Equal(new DateTimeOffset(2010, 12, 1, 8, 26, 0, TimeSpan.Zero), e.Time);
        Assert.Equal(new VisitorId("customer-77"), e.Visitor);
        Assert.Equal(new CustomerId("77"), e.Customer);
        Assert.Equal(new OrderId("100"), e.Order);
        Assert.Equal("France", e.Region);
        Assert.Equal("web", e.Channel);
        Assert.Null(e.Parameters);
        var pound = Currency.Of("GBP");
        Assert.Equal([new(new Sku("A1"), 2, new Money(2.55m, pound)),
            new(new Sku("B2"), 1, new Money(0m, pound))], e.Lines);
    }

    [Fact]
    public void A_cancellation_is_a_refund_of_positive_quantities()
    {
        var e = Assert.Single(Read("C101,A1,MUG,-3,2010-12-01 08:26:00,2.55,77,France").Events());

        Assert.Equal(EventName.Refund, e.Name);
        Assert.Equal(3, e.Lines[0].Quantity);
    }

    [Fact]
    public void A_sale_to_an_unknown_customer_is_a_visitor_of_its_own()
    {
        var e = Assert.Single(Read("102,A1,MUG,1,2010-12-01 08:26:00,1,,France").Events());

        Assert.Null(e.Customer);
        Assert.Equal(new VisitorId("invoice-102"), e.Visitor);
    }

    [Fact]
    public void Invoices_whose_lines_mix_are_told_apart_and_start_at_their_first_line()
    {
        var rows = Read(
            "100,A1,MUG,1,2010-12-01 08:26:00,1,77,France",
            "101,A1,MUG,1,2010-12-01 08:26:00,1,78,Spain",
            "100,B2,TRAY,1,2010-12-01 08:27:00,1,77,France",
            "101,B2,TRAY,1,2010-12-01 08:27:00,1,78,Spain");

        Assert.Equal(["100", "101"], rows.Events().Select(e => e.Id.Value));
        Assert.Equal([2L, 3L], rows.Select(row => row.Line));
        Assert.All(rows.Events(), e => Assert.Equal(2, e.Lines.Length));
        Assert.All(rows.Events(), e => Assert.Equal(26, e.Time.Minute));
    }

    [Theory]
    [InlineData(200, new[] { "100" })]
    [InlineData(201, new[] { "100/1", "100/2" })]
    [InlineData(400, new[] { "100/1", "100/2" })]
    [InlineData(401, new[] { "100/1", "100/2", "100/3" })]
    public void A_long_invoice_comes_in_as_few_parts_as_needed(int lines, string[] ids)
    {
        var events = Read([.. Enumerable.Range(0, lines).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"100,A{i},MUG,1,2010-12-01 08:26:00,1,77,France"))])
            .Events().ToList();

        Assert.Equal(ids, events.Select(e => e.Id.Value));
        Assert.Equal(Enumerable.Range(1, ids.Length), events.Select(e => e.OrderPart));
        Assert.All(events, e => Assert.Equal(new OrderId("100"), e.Order));
        Assert.Equal(Enumerable.Range(0, lines).Select(i => "A" + i),
            events.SelectMany(e => e.Lines).Select(line => line.Sku.Value));
        Assert.Equal(1, DatasetTotals.Of(events).Orders);
    }

    [Fact]
    public void A_line_that_the_till_wrote_twice_counts_twice()
    {
        const string line = "100,A1,MUG,1,2010-12-01 08:26:00,1.5,77,France";

        var totals = DatasetTotals.Of(Read(line, line).Events());

        Assert.Equal(3m, totals.RevenueByMonth["2010-12"].Amount);
    }

    [Theory]
    [InlineData("100,A1,MUG,-1,2010-12-01 08:26:00,1,77,France", "no sale")]
    [InlineData("100,A1,MUG,0,2010-12-01 08:26:00,1,77,France", "no sale")]
    [InlineData("C100,A1,MUG,1,2010-12-01 08:26:00,1,77,France", "must be negative")]
    [InlineData("100,A1,MUG,1,2010-12-01 08:26:00,-1,77,France", "UnitPrice '-1' is not within")]
    [InlineData("100,A1,MUG,1.5,2010-12-01 08:26:00,1,77,France", "Quantity '1.5' is no whole")]
    [InlineData("100,A1,MUG,2000000,2010-12-01 08:26:00,1,77,France", "no sale")]
    [InlineData("100,A1,MUG,-9223372036854775808,2010-12-01 08:26:00,1,7,France", "no sale")]
    [InlineData("C100,A1,MUG,-9223372036854775808,2010-12-01 08:26:00,1,7,France", "negative")]
    [InlineData("100,A1,MUG,1,2010-12-01 08:26:00,one,77,France", "UnitPrice 'one' is no number")]
    [InlineData("100,A1,MUG,1,2010-13-01 08:26:00,1,77,France", "InvoiceDate '2010-13-01")]
    [InlineData("100,,MUG,1,2010-12-01 08:26:00,1,77,France", "StockCode is empty")]
    [InlineData(",A1,MUG,1,2010-12-01 08:26:00,1,77,France", "InvoiceNo is empty")]
    [InlineData("100,A1,MUG,1,2010-12-01 08:26:00,1,77", "It has 7 fields; the header has 8.")]
    [InlineData("100,A1,\"MUG,1,2010-12-01 08:26:00,1,77,France", "A quote is not closed")]
    [InlineData("100,A1\u0007,MUG,1,2010-12-01 08:26:00,1,77,France", "holds a control character")]
    public void A_bad_row_is_named_by_its_line_and_reason_and_the_rest_is_read(
        string bad, string reason)
    {
        const string good = "99,A1,MUG,1,2010-12-01 08:26:00,1,77,France";

        var rows = Read(good, bad, good);

        var (line, problem) = Assert.Single(rows.Bad());
        Assert.Equal(3, line);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(rows.Events()).Lines.Length);
    }

    [Fact]
    public void A_line_far_from_its_invoice_is_refused_and_never_a_second_order()
    {
        const string stray = "100,B2,TRAY,1,2010-12-01 09:26:00,1,77,France";
        var others = Enumerable.Range(200, 100).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{i},A1,MUG,1,2010-12-01 08:26:00,1,78,Spain"));

        var rows = Read(["100,A1,MUG,1,2010-12-01 08:26:00,1,77,France", .. others, stray]);

        var (line, problem) = Assert.Single(rows.Bad());
        Assert.Equal(103, line);
        Assert.Contains("must stand together", problem, StringComparison.Ordinal);
        Assert.Equal(101, rows.CheckedEvents().Count);
    }

    [Fact]
    public void A_line_of_another_customer_does_not_slip_into_an_invoice()
    {
        var rows = Read(
            "100,A1,MUG,1,2010-12-01 08:26:00,1,77,France",
            "100,B2,TRAY,1,2010-12-01 08:26:00,1,78,France");

        Assert.Contains("another customer", Assert.Single(rows.Bad()).Problem,
            StringComparison.Ordinal);
        Assert.Single(Assert.Single(rows.Events()).Lines);
    }

    [Fact]
    public void The_catalogue_takes_the_most_frequent_name_and_the_latest_price()
    {
        const string text = Header +
            "100,A1,MUG BLU,1,2010-12-01 08:26:00,2.00,77,France\n" +
            "101,A1,MUG BLUE,1,2010-12-02 08:26:00,2.50,77,France\n" +
            "102,A1,MUG BLUE,1,2010-12-03 08:26:00,2.25,77,France\n" +
            "C09,A1,MUG BLUE,-1,2010-12-04 08:26:00,2.00,77,France\n" +
            "103,A1,damaged,-9,2010-12-04 08:26:00,0,,France\n" +
            "104,A1,damaged,-9,2010-12-04 08:26:00,0,,France\n" +
            "105,A1,damaged,-9,2010-12-04 08:26:00,0,,France\n" +
            "106,B2,,-1,2010-12-04 08:26:00,0,,France\n";

        var products = OnlineRetailCatalogue.Read(
            new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));

        Assert.Equal(
            [
                new(new Sku("A1"), "MUG BLUE", new Money(2.25m, Currency.Of("GBP"))),
                new(new Sku("B2"), "B2", null),
            ], products);
    }

    [Fact]
    public void The_catalogue_of_the_whole_dataset_names_every_stock_code()
    {
        var file = DatasetFiles.Shared("online-retail/online_retail.csv.gz");

        var products = OnlineRetailCatalogue.Read(File.OpenRead(file));

        Assert.Equal(4_070, products.Count);
        Assert.Equal("WHITE HANGING HEART T-LIGHT HOLDER",
            products.Single(p => p.Sku.Value == "85123A").Name);
    }
}
