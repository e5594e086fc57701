using System.Text.Json.Nodes;
using StreamCommerce.Api.Commands;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands;

public sealed class DemoTests
{
    [Fact(Timeout = 60_000)]
    public async Task Shoppers_look_around_fill_carts_and_buy_and_the_demo_stops_when_told()
    {
        var ct = TestContext.Current.CancellationToken;
        using var rig = new ReplayRig();
        await using var demo = await StartAsync(rig, keep: false, ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = demo.RunAsync(stop.Token);
        using var http = new HttpClient { BaseAddress = demo.Address };
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        JsonNode events;
        do
        {
            await poll.WaitForNextTickAsync(ct);
            Assert.False(running.IsCompleted);
            events = (await ReadAsync(http, "v1/stats", ct))["events"]!;
        }
        while ((long)events["purchase"]! == 0);

        var order = (await ReadAsync(http, "v1/orders?newest=1", ct))["orders"]![0]!;
        await stop.CancelAsync();
        await running;

        Assert.True((long)events["view_item"]! > 0);
        Assert.True((long)events["add_to_cart"]! > 0);
        Assert.StartsWith("sim-visitor-", (string)order["visitorId"]!, StringComparison.Ordinal);
        Assert.StartsWith("SIM-", (string)order["lines"]![0]!["productId"]!,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_kept_demo_keeps_its_data_and_a_fresh_one_has_none()
    {
        var ct = TestContext.Current.CancellationToken;
        using var rig = new ReplayRig();
        await (await StartAsync(rig, keep: false, ct)).DisposeAsync();
        var marker = Path.Combine(rig.PathOf("demo"), "from-last-time");
        await File.WriteAllTextAsync(marker, "", ct);

        await (await StartAsync(rig, keep: true, ct)).DisposeAsync();
        Assert.True(File.Exists(marker));

        await (await StartAsync(rig, keep: false, ct)).DisposeAsync();
        Assert.False(File.Exists(marker));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_that_is_no_demos_is_never_emptied(bool keep)
    {
        using var rig = new ReplayRig();
        Directory.CreateDirectory(rig.PathOf("demo"));
        var shop = Path.Combine(rig.PathOf("demo"), "shop.db");
        File.WriteAllText(shop, "a real shop");

        Assert.Throws<CommandFailedException>(() => DemoFolder.Prepare(rig.PathOf("demo"), keep));

        Assert.Equal("a real shop", File.ReadAllText(shop));
    }

    [Fact]
    public void Night_and_day_come_out_alike()
    {
        var pace = new DemoPace(100);
        var tick = TimeSpan.FromMilliseconds(50);
        var night = 0.0;
        // Two minutes with a third of the expected traffic.
        for (var i = 0; i < 2_400; i++)
        {
            var step = pace.Step(tick);
            night += step.TotalSeconds * (100 / DemoPace.FirstCompression / 3);
            pace.Observe((int)night, step);
            night -= (int)night;
        }

        Assert.InRange(pace.Compression / DemoPace.FirstCompression, 2.5, 3.5);
    }

    private static Task<Demo> StartAsync(ReplayRig rig, bool keep, CancellationToken ct) =>
        Demo.StartAsync(new DemoOptions
        {
            DataDirectory = rig.PathOf("demo"),
            Urls = "http://127.0.0.1:0",
            Keep = keep,
        }, TimeProvider.System, ct);

    private static async Task<JsonNode> ReadAsync(
        HttpClient http, string path, CancellationToken ct) =>
        JsonNode.Parse(await http.GetStringAsync(path, ct))!;
}
