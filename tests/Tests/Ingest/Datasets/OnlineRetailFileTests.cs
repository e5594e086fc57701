using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

public sealed class OnlineRetailFileTests
{
    [Fact]
    public void The_sample_adds_up_to_the_sums_of_its_lines() =>
        AssertAddsUp(DatasetFiles.Sample);

    [Fact]
    public void The_whole_dataset_adds_up_to_the_sums_of_its_lines() =>
        AssertAddsUp(DatasetFiles.Shared("online-retail/online_retail.csv.gz"));

    [Fact]
    public void The_whole_dataset_has_the_totals_that_are_quoted()
    {
        var file = DatasetFiles.Shared("online-retail/online_retail.csv.gz");
        var rows = DatasetFiles.Read("online-retail", File.OpenRead(file)).ToList();
        var totals = DatasetTotals.Of(rows.Events());

        Assert.Equal(1_338, rows.Bad().Length);
        Assert.Equal(541_909 - 1_338, totals.Lines);
        Assert.Equal(20_726, totals.Orders);
        Assert.Equal(3_836, totals.RefundOrders);
        Assert.Equal(4_372, totals.Customers);
    }

    [Fact]
    public void An_invoice_that_the_shop_wrote_comes_once_with_all_its_lines()
    {
        var file = DatasetFiles.Shared("online-retail/online_retail.csv.gz");
        var orders = DatasetFiles.Read("online-retail", File.OpenRead(file)).Events()
            .GroupBy(e => e.Order!.Value.Value)
            .ToDictionary(order => order.Key, order => order.Sum(e => e.Lines.Length));
        var written = DatasetFiles.RawLines(file)
            .GroupBy(line => line[..line.IndexOf(',')])
            .ToDictionary(invoice => invoice.Key, invoice => invoice.Count());

        Assert.Equal(25_900, written.Count);
        foreach (var (order, lines) in orders) Assert.Equal(written[order], lines);
        // The others are write-offs and two corrections of bad debt, of one bad line each.
        Assert.All(written.Where(invoice => !orders.ContainsKey(invoice.Key)),
            invoice => Assert.Equal(1, invoice.Value));
    }

    private static void AssertAddsUp(string file)
    {
        var raw = new RawOnlineRetail(file);
        var rows = DatasetFiles.Read("online-retail", File.OpenRead(file)).ToList();
        var totals = DatasetTotals.Of(rows.CheckedEvents());

        Assert.Equal(raw.BadRows, rows.Bad().Length);
        Assert.Equal(raw.Lines, totals.Lines);
        Assert.Equal(raw.PurchaseEvents, totals.EventsByName[EventName.Purchase]);
        Assert.Equal(raw.RefundEvents, totals.EventsByName[EventName.Refund]);
        Assert.Equal(raw.PurchaseEvents + raw.RefundEvents, totals.Events);
        Assert.Equal(raw.Orders, totals.Orders);
        Assert.Equal(raw.RefundOrders, totals.RefundOrders);
        Assert.Equal(raw.Products, totals.Products);
        Assert.Equal(raw.Customers, totals.Customers);
        Assert.Equal(raw.Visitors, totals.Visitors);
        Assert.Equal(raw.Sessions, totals.Sessions);
        AssertPounds(raw.RevenueByMonth, totals.RevenueByMonth);
        AssertPounds(raw.RevenueByRegion, totals.RevenueByRegion);
        AssertPounds(raw.RefundsByMonth, totals.RefundsByMonth);
        AssertPounds(raw.RefundsByRegion, totals.RefundsByRegion);
    }

    private static void AssertPounds(
        SortedDictionary<string, decimal> expected, IReadOnlyDictionary<string, Money> sums)
    {
        Assert.NotEmpty(expected);
        Assert.All(sums.Values, sum => Assert.Equal("GBP", sum.Currency.Code));
        Assert.Equal(expected.OrderBy(sum => sum.Key, StringComparer.Ordinal),
            sums.Select(sum => KeyValuePair.Create(sum.Key, sum.Value.Amount)));
    }
}
