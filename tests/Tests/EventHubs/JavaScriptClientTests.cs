using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>
/// The official client of another language (npm's <c>@azure/event-hubs</c>) as a witness that the
/// broker and the events' form are what others expect. It is found by the variable
/// <c>EVENT_HUBS_MODULES</c>, a folder with <c>node_modules</c>; without it the tests are skipped.
/// </summary>
public sealed class JavaScriptClientTests : IAsyncDisposable
{
    private const string Variable = "EVENT_HUBS_MODULES";

    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(60);

    private readonly HubRun _run = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    [Fact(Timeout = 90_000)]
    public async Task What_it_sends_by_a_visitors_key_is_read_here()
    {
        await using var log = await _run.OpenAsync(_run.AddHub(4));
        var views = LogSamples.Views("ann", 3);
        await RunAsync("send", ["ann", .. views.Select(CloudEventJson.ToText)]);

        var read = await log.ReadToEndAsync(log.PartitionOf(new VisitorId("ann")));

        Assert.Equal(views.Ids(), read.Ids());
        Assert.All(read, e => Assert.Null(e.Problem));
    }

    [Fact(Timeout = 90_000)]
    public async Task It_reads_what_is_sent_here()
    {
        await using var log = await _run.OpenAsync(_run.AddHub(2));
        await log.AppendAsync(
            [.. Enumerable.Range(0, 20).Select(i => LogSamples.View($"v{i}", i))], Ct);

        var lines = await RunAsync("read", ["20"]);

        Assert.Equal(["0", "1"], lines[^1].GetProperty("partitions")
            .EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(20, lines.Length - 1);
        foreach (var line in lines[..^1])
        {
            Assert.Equal("application/cloudevents+json",
                line.GetProperty("contentType").GetString());
            var visitor = line.GetProperty("body").GetProperty("data").GetProperty("visitorId");
            Assert.Equal(
                log.PartitionOf(new VisitorId(visitor.GetString()!))
                    .ToString(CultureInfo.InvariantCulture),
                line.GetProperty("partition").GetString());
        }
    }

    private async Task<JsonElement[]> RunAsync(string verb, IEnumerable<string> arguments)
    {
        var modules = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(modules),
            $"There is no @azure/event-hubs: npm install it, and name the folder in {Variable}.");
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (IEnumerable<string>)[
            Path.Combine(AppContext.BaseDirectory, "EventHubs", "witness.cjs"), modules!,
            _run.Broker.ConnectionStringOf(_run.Hub.Name), verb, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        using var node = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(RunLimit);
        try
        {
            var errors = node.StandardError.ReadToEndAsync(limit.Token);
            var output = await node.StandardOutput.ReadToEndAsync(limit.Token);
            await node.WaitForExitAsync(limit.Token);
            Assert.True(node.ExitCode == 0, await errors);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
        }
        finally
        {
            if (!node.HasExited) node.Kill(entireProcessTree: true);
        }
    }
}
