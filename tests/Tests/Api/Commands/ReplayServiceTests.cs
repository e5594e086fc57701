using StreamCommerce.Api.Hosting;
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

    [Fact(Timeout = 180_000)]
    public Task The_whole_of_YooChoose_100k_is_counted_exactly_and_twice_changes_nothing() =>
        ReplayTwiceAsync("yoochoose", DatasetFiles.Shared(
            "yoochoose-100k/train.tsv.gz"), TestContext.Current.CancellationToken);

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
