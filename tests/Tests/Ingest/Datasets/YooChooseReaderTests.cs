using System.Globalization;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

public sealed class YooChooseReaderTests
{
    private const string Header = "SessionId\tItemId\tTime\n";

    private static List<DatasetRow> Read(string rows) =>
        DatasetFiles.ReadText("yoochoose", Header + rows);

    [Fact]
    public void A_click_is_a_view_in_its_session_at_its_exact_time()
    {
        var e = Assert.Single(Read("7\t501\t1396437466.1234567\n").Events());

        Assert.Equal(EventName.ViewItem, e.Name);
        Assert.Equal(new EventId("7/1"), e.Id);
        Assert.Equal(new VisitorId("yoochoose-7"), e.Visitor);
        Assert.Equal(new SessionId("7"), e.Session);
        Assert.Equal([new EventLine(new Sku("501"), 1)], e.Lines);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(13964374661234567), e.Time);
    }

    [Fact]
    public void Clicks_come_in_the_order_of_time_and_are_numbered_in_their_session()
    {
        var rows = Read("1\t11\t300\n1\t10\t100.5\n2\t20\t200\n1\t11\t300\n");

        Assert.Equal(["1/1", "2/1", "1/2", "1/3"], rows.Events().Select(e => e.Id.Value));
        Assert.Equal([3L, 4L, 2L, 5L], rows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("x\t10\t100", "SessionId 'x'")]
    [InlineData("1\t\t100", "ItemId ''")]
    [InlineData("1\t10\t-1", "no time since 1970")]
    [InlineData("1\t10\t99999999999999", "no time since 1970")]
    [InlineData("1\t10\t100.12345678", "finer than 100 nanoseconds")]
    [InlineData("1\t10\t2014-04-07", "is no number")]
    [InlineData("1\t10", "It has 2 fields")]
    public void A_bad_row_is_named_by_its_line_and_reason(string bad, string reason)
    {
        var rows = Read($"1\t10\t100\n{bad}\n1\t10\t101\n");

        var (line, problem) = Assert.Single(rows.Bad());
        Assert.Equal(3, line);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Equal(2, rows.Events().Count());
    }

    [Theory]
    [InlineData("train", 70_278, 17_794, 2_933)]
    [InlineData("test", 13_568, 3_416, 1_771)]
    public void The_whole_dataset_adds_up_to_the_sums_of_its_lines(
        string part, int clicks, int sessions, int items)
    {
        var file = DatasetFiles.Shared($"yoochoose-100k/{part}.tsv.gz");
        var raw = DatasetFiles.RawLines(file).Select(line => line.Split('\t')).ToList();
        var rows = DatasetFiles.Read("yoochoose", File.OpenRead(file)).ToList();

        var events = rows.CheckedEvents();
        var totals = DatasetTotals.Of(events);

        Assert.Empty(rows.Bad());
        Assert.Equal((clicks, sessions, items), (raw.Count,
            raw.Select(f => f[0]).Distinct().Count(), raw.Select(f => f[1]).Distinct().Count()));
        Assert.Equal(clicks, totals.EventsByName[EventName.ViewItem]);
        Assert.Equal(clicks, totals.Events);
        Assert.Equal(sessions, totals.Sessions);
        Assert.Equal(sessions, totals.Visitors);
        Assert.Equal(items, totals.Products);
        Assert.Equal(0, totals.Customers);
        Assert.Empty(totals.RevenueByMonth);
        Assert.Equal(raw.Select(f => (f[0], f[1], Ticks(f[2]))).Order(),
            events.Select(e => (e.Session!.Value.Value, e.Lines[0].Sku.Value,
                (e.Time - DateTimeOffset.UnixEpoch).Ticks)).Order());
    }

    private static long Ticks(string seconds) =>
        (long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond);
}
