using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>The whole service with a hub as its log and an account as its store: visitors' profiles
/// are written by all instances together, and found by one that never saw the events.</summary>
public sealed class ProfileHostTests : IAsyncLifetime
{
    private readonly HubRun _run = new();
    private readonly LeapingClock _clock = new();
    private readonly CosmosGateway _gateway = new(TimeProvider.System);
    // The groups' members look at their places several times a second: then a test looks, too.
    private readonly Channel<bool> _looks = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<ServiceFixture> _services = [];
    private CosmosGatewayServer _account = null!;
    private CosmosOptions _options = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _account = await CosmosGatewayServer.StartAsync(_gateway);
        _options = await _account.MakeShopAsync();
        _gateway.Faults = request =>
        {
            if (request.Container == CosmosSchema.Checkpoints) _looks.Writer.TryWrite(true);
            return null;
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services) await service.DisposeAsync();
        await _account.DisposeAsync();
        await _run.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_profile_is_found_by_an_instance_that_never_saw_the_events()
    {
        var hub = AddHub();
        var first = await StartAsync(hub);
        var second = await StartAsync(hub);
        foreach (var sku in (string[])["mug", "tea"]) await first.PutProductAsync(sku, units: 5);
        await SendAsync(first, EventTexts.View("1", "ann", "mug"));
        await SendAsync(second, EventTexts.View("2", "bob", "tea"));
        await WaitForProfilesAsync("ann", "bob");
        // Its hub has none of them.
        var third = await StartAsync(AddHub());

        Assert.Equal("mug", (await third.GetAsync("/v1/visitors/ann/profile"))
            ["interactions.0.productId"]);
        var shown = (await third.GetAsync("/v1/recommendations?visitor=ann")).Text;
        Assert.Contains("\"tea\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\"productId\":\"mug\"", shown, StringComparison.Ordinal);
        Assert.Equal("ready", (await first.GetAsync("/readyz"))["status"]);
        Assert.Equal("0", (await first.GetAsync("/readyz"))["profileLag"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_is_forgotten_is_in_no_profile_and_comes_back_with_no_replay()
    {
        var hub = AddHub();
        var service = await StartAsync(hub);
        await SendAsync(service, EventTexts.View("1", "ann", "mug"));
        await WaitForProfilesAsync("ann");

        var answer = await service.SendAsync(HttpMethod.Delete, "/v1/visitors/ann", null, null);

        Assert.Equal("true", answer["isForgotten"]);
        Assert.Contains(answer.Find("places")!.AsArray(), place =>
            (string)place!["place"]! == "stored profiles" && (long)place["removed"]! == 1);
        await SendAsync(service, EventTexts.View("2", "bob", "tea"));
        await WaitForProfilesAsync("bob");
        var replaying = await StartAsync(hub, ("Profiles:ReplayAt", "0"));
        var withEvents = _run.Hub.Partitions.Count(partition => partition.Events.Count > 0);
        await WaitAsync(() => ItemsOf(CosmosSchema.Checkpoints).Count(one =>
            one.TryGetProperty("name", out var name) && name.GetString() == "profiles@at-0")
                == withEvents);

        Assert.DoesNotContain(ItemsOf(CosmosSchema.Profiles), one =>
            one.GetRawText().Contains("mug", StringComparison.Ordinal));
        Assert.Equal("ready", (await replaying.GetAsync("/readyz"))["status"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_no_event_is_set_aside_in_the_account()
    {
        var hub = AddHub();
        var service = await StartAsync(hub);
        await using (var producer = new EventHubProducerClient(hub))
        {
            await producer.SendAsync([new EventData(Encoding.UTF8.GetBytes("garbage"))],
                new SendEventOptions { PartitionId = "0" }, Ct);
        }
        await SendAsync(service, EventTexts.View("1", "ann", "mug"));
        await WaitForProfilesAsync("ann");
        await WaitAsync(() => ItemsOf(CosmosSchema.DeadLetters).Count > 0);

        var letter = Assert.Single(ItemsOf(CosmosSchema.DeadLetters));
        Assert.Equal("event:profiles:0:0", letter.GetProperty("id").GetString());
        Assert.Contains("garbage", letter.GetProperty("error").GetString(),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_consumer_that_stands_still_is_told_and_buyers_are_served_on()
    {
        var service = await StartAsync(AddHub());
        var isDown = new TaskCompletionSource();
        _gateway.Faults = request =>
        {
            if (request.Container != CosmosSchema.Checkpoints) return null;
            isDown.TrySetResult();
            return Fault.Status(403);
        };
        await isDown.Task.WaitAsync(Ct);
        _clock.Leap(TimeSpan.FromSeconds(31));

        var ready = (await service.GetAsync("/readyz")).MustBe(HttpStatusCode.OK);
        Assert.Contains(" s or longer ", ready["profileFault"], StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Profiles:ConsumerGroup", "$default")]
    [InlineData("Profiles:BatchLimit", "0")]
    [InlineData("Profiles:FindTimeout", "00:01:00")]
    [InlineData("Profiles:ReplayAt", "-1")]
    public async Task A_wrong_setting_is_named(string key, string value)
    {
        await using var service = Make(AddHub(), (key, value));
        await service.OpenStorageAsync();

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => ServiceHost.StartAsync(
            service.Settings(service.Folder), Ct));

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    private string AddHub()
    {
        var options = _run.AddHub(2);
        _run.Hub.Groups.Add("profiles");
        return options.ConnectionString!;
    }

    private async Task<ServiceFixture> StartAsync(
        string hub, params (string Key, string Value)[] settings)
    {
        var service = Make(hub, settings);
        _services.Add(service);
        await service.InitializeAsync();
        return service;
    }

    private ServiceFixture Make(string hub, params (string Key, string Value)[] settings)
    {
        var service = new ServiceFixture { Storage = _options, Time = _clock };
        service.Configuration.Remove("Log:PartitionCount");
        service.Configuration["Log"] = "EventHubs";
        service.Configuration["EventHubs:ConnectionString"] = hub;
        service.Configuration["EventHubs:RetryCount"] = "0";
        service.Configuration["EventHubs:StatusAge"] = "00:00:00";
        service.Configuration["EventHubs:CheckpointInterval"] = "00:00:00";
        service.Configuration["EventHubs:BalanceInterval"] = "00:00:00.200";
        service.Configuration["EventHubs:OwnershipTime"] = "00:00:05";
        service.Configuration["Profiles:FindTimeout"] = "00:00:05";
        foreach (var (key, value) in settings) service.Configuration[key] = value;
        return service;
    }

    private static async Task SendAsync(ServiceFixture service, string e) =>
        (await service.PostAsync("/v1/events", e)).MustBe(HttpStatusCode.Accepted);

    private Task WaitForProfilesAsync(params string[] visitors) => WaitAsync(() =>
        visitors.All(visitor => ItemsOf(CosmosSchema.Profiles).Any(one =>
            one.GetProperty("id").GetString() == visitor)));

    private async Task WaitAsync(Func<bool> isSo)
    {
        while (!isSo()) await _looks.Reader.ReadAsync(Ct);
    }

    private IReadOnlyList<JsonElement> ItemsOf(string container) =>
        _gateway.ItemsOf(_options.Database, container);

    /// <summary>The system's clock, which a test can make leap ahead; timers do not notice.
    /// </summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long _leapt;

        public void Leap(TimeSpan by) => Interlocked.Add(ref _leapt, by.Ticks);

        public override DateTimeOffset GetUtcNow() =>
            System.GetUtcNow().AddTicks(Interlocked.Read(ref _leapt));

        public override long GetTimestamp() => System.GetTimestamp()
            + (Interlocked.Read(ref _leapt) * TimestampFrequency / TimeSpan.TicksPerSecond);
    }
}
