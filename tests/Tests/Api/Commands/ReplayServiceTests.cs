using System.Text.Json.Nodes;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Ingest.Datasets;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands;

/// <summary>Replays into the real service, over HTTP.</summary>
public sealed class ReplayServiceTests
{
    private const string Exactly = "The service has counted exactly what the dataset holds.";

    [Fact(Timeout = 180_000)]
    public Task The_whole_of_Online_Retail_is_counted_exactly_and_twice_changes_nothing() =>
        ReplayTwiceAsync("online-retail", DatasetFiles.Shared(
            "online-retail/online_retail.csv.gz"), TestContext.Current.CancellationToken);

    [Fact(Timeout = 300_000)]
    public async Task Two_real_shops_in_one_service_add_up_to_the_files_and_twice_changes_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        (string Format, string File)[] datasets =
        [
            ("yoochoose", DatasetFiles.Shared("yoochoose-100k/train.tsv.gz")),
            ("online-retail", DatasetFiles.Shared("online-retail/online_retail.csv.gz")),
            ("yoochoose", DatasetFiles.Shared("yoochoose-100k/test.tsv.gz")),
        ];
        var totals = DatasetTotals.Of(datasets
            .SelectMany(d => DatasetFiles.Read(d.Format, File.OpenRead(d.File)))
            .Select(row => row.Event)
            .OfType<CommerceEvent>());
        using var rig = new ReplayRig();
        await using var host = await StartAsync(rig, ct);
        using var http = new HttpClient { BaseAddress = host.Address };
        for (var round = 1; round <= 2; round++)
        {
            foreach (var (format, file) in datasets)
            {
                Assert.Equal(0, await rig.RunAsync(
                    rig.Options(host.Address, file, format) with { SkipBad = true }, ct));
            }
            var stats = JsonNode.Parse(await http.GetStringAsync("v1/stats?wait=true", ct))!;
            AssertAddsUp(totals, stats);
            Assert.Equal((round - 1) * totals.Events, stats["repeated"]!.GetValue<long>());
        }
    }

    private static void AssertAddsUp(DatasetTotals totals, JsonNode stats)
    {
        foreach (var name in EventNames.All)
        {
            Assert.Equal(totals.EventsByName.GetValueOrDefault(name),
                stats["events"]![name.ToText()]!.GetValue<long>());
        }
        Assert.Equal(
            (totals.Orders, totals.RefundOrders, totals.Products, totals.Customers,
                totals.Visitors, totals.Sessions, 0L, 0L),
            (Count("orders"), Count("refunds"), Count("products"), Count("customers"),
                Count("visitors"), stats["sessions"]!["started"]!.GetValue<long>(),
                Count("late"), Count("deadLetters")));
        Assert.Equal(totals.RevenueByMonth, Sums("revenueByMonth", "month", "purchased"));
        Assert.Equal(totals.RefundsByMonth, Sums("revenueByMonth", "month", "refunded"));
        Assert.Equal(totals.RevenueByRegion, Sums("revenueByRegion", "region", "purchased"));
        Assert.Equal(totals.RefundsByRegion, Sums("revenueByRegion", "region", "refunded"));

        long Count(string name) => stats[name]!.GetValue<long>();

        SortedDictionary<string, Money> Sums(string table, string key, string column)
        {
            var sums = new SortedDictionary<string, Money>(StringComparer.Ordinal);
            foreach (var row in stats[table]!.AsArray())
            {
                var money = row![column]!;
                var amount = money["amount"]!.GetValue<decimal>();
                if (amount == 0) continue;
                sums.Add(row[key]!.GetValue<string>(),
                    new Money(amount, Currency.Of(money["currency"]!.GetValue<string>())));
            }
            return sums;
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task The_sample_with_its_catalogue_gives_the_products_their_names()
    {
        var ct = TestContext.Current.CancellationToken;
        using var rig = new ReplayRig();
        await using var host = await StartAsync(rig, ct);
        var options = rig.Options(host.Address, DatasetFiles.Sample, "online-retail")
            with
        { SkipBad = true, Catalogue = true };

        Assert.Equal(0, await rig.RunAsync(options, ct));

        using var http = new HttpClient { BaseAddress = host.Address };
        Assert.Contains("WHITE HANGING HEART T-LIGHT HOLDER",
            await http.GetStringAsync("v1/products/85123A", ct), StringComparison.Ordinal);
        Assert.Contains(Exactly, rig.Output, StringComparison.Ordinal);
    }

    private static async Task ReplayTwiceAsync(string format, string file, CancellationToken ct)
    {
        using var rig = new ReplayRig();
        await using var host = await StartAsync(rig, ct);
        var options = rig.Options(host.Address, file, format) with { SkipBad = true };

        Assert.Equal(0, await rig.RunAsync(options, ct));
        Assert.Equal(0, await rig.RunAsync(options, ct));

        Assert.Equal(3, rig.Output.Split(Exactly).Length);
    }

    private static Task<ServiceHost> StartAsync(ReplayRig rig, CancellationToken ct) =>
        ServiceHost.StartAsync(new ServiceSettings
        {
            DataDirectory = rig.PathOf("shop"),
            Urls = "http://127.0.0.1:0",
        }, ct);
}
