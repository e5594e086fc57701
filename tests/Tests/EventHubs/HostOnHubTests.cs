using System.Globalization;
using System.Net;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Tests.Api.Crash;
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

        Assert.Single(Directory.GetDirectories(Path.Combine(_service.Folder, "spill")));
        var ready = await _service.GetAsync("/readyz");
        Assert.Equal("ready", ready["status"]);
        Assert.Equal(1, (int?)ready.Json["spill"]!["events"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_service_starts_while_the_hub_is_away_and_catches_up_when_it_is_back()
    {
        Configure(("Log", "EventHubs"), ("EventHubs:DrainInterval", "00:00:00.010"));
        await _run.OpenOnceAsync(Path.Combine(_service.Folder, "spill"));
        _run.Broker.Shut();
        await _service.InitializeAsync();
        (await _service.PostAsync("/v1/events", EventTexts.View("one", "ann", "mug")))
            .MustBe(HttpStatusCode.Accepted);
        Assert.NotNull((await _service.GetAsync("/readyz")).Json["spill"]!["since"]);
        _run.Broker.Open();

        Answer ready;
        do ready = await _service.GetAsync("/readyz");
        while (ready.Json["spill"] is not null || (int?)ready.Json["handled"] == 0);

        Assert.Equal((1, 0), ((int?)ready.Json["handled"], (int?)ready.Json["lag"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_visitor_is_forgotten_only_when_the_hub_has_what_waits_here()
    {
        Configure(("Log", "EventHubs"), ("EventHubs:DrainInterval", "00:00:00.010"));
        await _service.InitializeAsync();
        _run.Broker.Faults.RefusesSends = true;
        await _service.PostAsync("/v1/events", EventTexts.View("one", "ann", "mug"));
        (await ForgetAsync()).MustBe(HttpStatusCode.ServiceUnavailable);
        _run.Broker.Faults.RefusesSends = false;

        Answer forgotten;
        do forgotten = await ForgetAsync();
        while (forgotten.Status == HttpStatusCode.ServiceUnavailable);

        forgotten.MustBe(HttpStatusCode.OK);
        var stats = await _service.GetAsync("/v1/stats?wait=true");
        Assert.Contains("\"view_item\":1", stats.Text, StringComparison.Ordinal);
        Assert.Empty((await _service.GetAsync("/v1/visitors/ann/profile"))
            .Json["interactions"]!.AsArray());

        Task<Answer> ForgetAsync() =>
            _service.SendAsync(HttpMethod.Delete, "/v1/visitors/ann", null, null);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_inspection_tells_of_the_hub_and_of_what_waits_for_it()
    {
        Configure(("Log", "EventHubs"));
        await _service.InitializeAsync();
        await _service.PostAsync("/v1/events", EventTexts.View("one", "ann", "mug"));
        _run.Broker.Faults.RefusesSends = true;
        await _service.PostAsync("/v1/events", EventTexts.View("two", "ann", "mug"));

        await using var process = ServiceProcess.Start(
            ["log", "inspect", "--data", _service.Folder, "--set", "Log=EventHubs",
                "--set", $"EventHubs:ConnectionString={_run.ConnectionString}"]);
        var (code, output, _) = await process.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, code);
        Assert.Contains("last enqueued", output, StringComparison.Ordinal);
        var row = Assert.Single(output.Split('\n'), line =>
            line.Contains(_run.Hub.Partitions.Single(one => one.Events.Count == 1)
                .Events[0].EnqueuedAt.UtcDateTime.ToString(
                    "yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Assert.Matches(@"0\s+1\s+1\s", row);
        // One spilled event, and its bytes.
        Assert.Matches(@":\d\d\s+1\s+[1-9]\d*", row);
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
