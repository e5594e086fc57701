using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

public sealed class RetailRocketReaderTests
{
    private const string Header = "timestamp,visitorid,event,itemid,transactionid\n";

    private static List<DatasetRow> Read(string rows) =>
        DatasetFiles.ReadText("retailrocket", Header + rows);

    [Fact]
    public void Rows_come_as_events_in_the_order_of_time()
    {
        var events = Read(
            "1433221332500,5,transaction,90,4\n" +
            "1433221332117,5,view,90,\n" +
            "1433221332200,5,addtocart,90,\n").CheckedEvents();

        Assert.Equal([EventName.ViewItem, EventName.AddToCart, EventName.Purchase],
            events.Select(e => e.Name));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1433221332117), events[0].Time);
        Assert.All(events, e => Assert.Equal(new VisitorId("5"), e.Visitor));
        Assert.All(events, e => Assert.Equal([new EventLine(new Sku("90"), 1)], e.Lines));
        Assert.Equal(new OrderId("4"), events[2].Order);
    }

    [Fact]
    public void The_rows_of_a_transaction_are_one_purchase_wherever_they_stand()
    {
        var events = Read(
            "1000,5,transaction,90,4\n" +
            "1500,6,view,91,\n" +
            "3000,5,transaction,92,4\n" +
            "2000,5,transaction,91,4\n" +
            "2000,6,transaction,91,8\n").CheckedEvents();

        Assert.Equal(["5/transaction/4", "6/1500/view_item/91", "6/transaction/8"],
            events.Select(e => e.Id.Value));
        Assert.Equal(["90", "91", "92"], events[0].Lines.Select(line => line.Sku.Value));
        Assert.Equal(2, DatasetTotals.Of(events).Orders);
    }

    [Fact]
    public void Rows_that_occur_twice_are_two_events()
    {
        var events = Read("1000,5,view,90,\n1000,5,view,90,\n1001,5,view,90,\n").CheckedEvents();

        Assert.Equal(["5/1000/view_item/90", "5/1000/view_item/90/2", "5/1001/view_item/90"],
            events.Select(e => e.Id.Value));
    }

    [Theory]
    [InlineData("x,5,view,90,", "timestamp 'x'")]
    [InlineData("1000.00001,5,view,90,", "finer than 100 nanoseconds")]
    [InlineData("1000,,view,90,", "visitorid ''")]
    [InlineData("1000,5,look,90,", "event 'look'")]
    [InlineData("1000,5,view,,", "itemid ''")]
    [InlineData("1000,5,transaction,90,", "transactionid ''")]
    public void A_bad_row_is_named_by_its_line_and_reason(string bad, string reason)
    {
        var rows = Read($"1000,5,view,90,\n{bad}\n");

        var (line, problem) = Assert.Single(rows.Bad());
        Assert.Equal(3, line);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Single(rows.Events());
    }
}
