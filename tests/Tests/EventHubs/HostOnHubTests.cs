using System.Net;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>The whole service with a hub as its log, by configuration alone.</summary>
public sealed class HostOnHubTests : IAsyncDisposable
{
    private readonly HubRun _run = new();
    private readonly ServiceFixture _service = new();

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _run.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Events_are_accepted_by_the_hub_and_counted()
    {
        Configure(("Log", "EventHubs"));
        await _service.InitializeAsync();
        (await _service.PostAsync("/v1/events", EventTexts.View("one", "ann", "mug")))
            .MustBe(HttpStatusCode.Accepted);
        Assert.Equal(1, _run.Hub.Partitions.Sum(partition => partition.Events.Count));

        var stats = await _service.GetAsync("/v1/stats?wait=true");

        Assert.Contains("\"view_item\":1", stats.Text, StringComparison.Ordinal);
        Assert.Equal("ready", (await _service.GetAsync("/readyz"))["status"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Events_are_accepted_while_the_hub_is_away()
    {
        Configure(("Log", "EventHubs"));
        await _service.InitializeAsync();
        _run.Broker.Faults.RefusesSends = true;

        (await _service.PostAsync("/v1/events", EventTexts.View("one", "ann", "mug")))
            .MustBe(HttpStatusCode.Accepted);

        Assert.True(Directory.Exists(Path.Combine(_service.Folder, "spill")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Log", "Kafka")]
    [InlineData("Log:RetentionTime", "30.00:00:00")]
    [InlineData("EventHubs:TryTimeout", "1.00:00:00")]
    public async Task A_wrong_setting_is_named(string key, string value)
    {
        Configure(("Log", "EventHubs"), (key, value));

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => ServiceHost.StartAsync(
            _service.Settings(_service.Folder), TestContext.Current.CancellationToken));

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    private void Configure(params (string Key, string Value)[] settings)
    {
        _service.Configuration.Remove("Log:PartitionCount");
        _service.Configuration["EventHubs:ConnectionString"] = _run.AddHub(2).ConnectionString;
        _service.Configuration["EventHubs:RetryCount"] = "0";
        _service.Configuration["EventHubs:StatusAge"] = "00:00:00";
        foreach (var (key, value) in settings) _service.Configuration[key] = value;
    }
}
