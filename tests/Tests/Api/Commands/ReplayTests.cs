using Microsoft.AspNetCore.Http;
using StreamCommerce.Api.Commands;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Ingest.Datasets;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands;

public sealed class ReplayTests
{
    private const string Exactly = "The service has counted exactly what the dataset holds.";

    [Fact(Timeout = 60_000)]
    public async Task The_sample_is_counted_by_the_service_exactly_as_it_adds_up()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        using var rig = new ReplayRig();
        var options = rig.Options(shop.Address, DatasetFiles.Sample, "online-retail")
            with
        { SkipBad = true };

        Assert.Equal(0, await rig.RunAsync(options, ct));

        Assert.Contains(Exactly, rig.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(rig.StateFile));
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_visitors_events_arrive_in_order_over_several_connections()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        using var rig = new ReplayRig();
        var events = ReplayRig.Simulate(20_000);

        Assert.Equal(0, await rig.RunAsync(rig.Options(shop.Address, rig.Write(events)), ct));

        Assert.Equal(20_000, shop.Arrived.Count);
        Assert.InRange(shop.LongestBatch, 100, 500);
        Assert.Equal(ByVisitor(events), ByVisitor(shop.Arrived));

        static IEnumerable<string> ByVisitor(IEnumerable<CommerceEvent> events) => events
            .GroupBy(e => e.Visitor.Value).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}: {string.Join(' ', g.Select(e => e.Id))}");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_is_full_or_restarts_gets_every_event_all_the_same()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        shop.Fault = (request, context) =>
        {
            if (request % 3 == 0) context.Abort();
            else if (request % 3 == 1) context.Response.StatusCode = 503;
            return request % 3 != 2;
        };
        using var rig = new ReplayRig();
        var options = rig.Options(shop.Address, rig.Write(ReplayRig.Simulate(1_500)))
            with
        { Connections = 1 };

        Assert.Equal(0, await rig.RunAsync(options, ct));

        Assert.Contains(Exactly, rig.Output, StringComparison.Ordinal);
        Assert.Contains("requests repeated", rig.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_stays_away_ends_the_replay_in_the_end()
    {
        var ct = TestContext.Current.CancellationToken;
        var shop = await StubShop.StartAsync();
        var gone = shop.Address;
        await shop.DisposeAsync();
        using var rig = new ReplayRig();
        var options = rig.Options(gone, rig.Write(ReplayRig.Simulate(10)))
            with
        { Patience = TimeSpan.FromMilliseconds(300) };

        var e = await Assert.ThrowsAsync<CommandFailedException>(() => rig.RunAsync(options, ct));

        Assert.Contains("did not answer for 0.3 s", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stopped_replay_goes_on_behind_what_was_acknowledged()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        using var rig = new ReplayRig();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var options = rig.Options(shop.Address, rig.Write(ReplayRig.Simulate(6_000)))
            with
        { Connections = 1 };
        shop.Fault = (request, context) =>
        {
            // The fourth round's first batch is answered by nothing at all.
            if (request < 7) return false;
            stop.Cancel();
            context.Abort();
            return true;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => rig.RunAsync(options, stop.Token));
        var before = shop.Arrived.Count;
        shop.Fault = (_, _) => false;

        Assert.Equal(0, await rig.RunAsync(options with { Resume = true }, ct));

        Assert.Equal(3_000, before);
        Assert.Equal(6_000, shop.Arrived.Count);
        Assert.Contains("Going on behind row 3,000.", rig.Output, StringComparison.Ordinal);
        Assert.Contains(Exactly, rig.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_replay_never_goes_on_where_another_dataset_stopped()
    {
        var ct = TestContext.Current.CancellationToken;
        using var rig = new ReplayRig();
        var options = rig.Options(
            new Uri("http://127.0.0.1:1"), rig.Write(ReplayRig.Simulate(3))) with
        { Resume = true };
        ReplayState.Begin(options).Save(rig.StateFile);
        rig.Write(ReplayRig.Simulate(4));

        var e = await Assert.ThrowsAsync<CommandFailedException>(() => rig.RunAsync(options, ct));

        Assert.Contains("is of another replay", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Bad_rows_are_told_and_nothing_is_sent()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        using var rig = new ReplayRig();
        var lines = ReplayRig.Simulate(3).Select(CloudEventJson.ToText)
            .Concat(Enumerable.Repeat("{oops", 25));

        Assert.Equal(1, await rig.RunAsync(rig.Options(shop.Address, rig.Write(lines)), ct));

        Assert.Empty(shop.Arrived);
        Assert.Contains("Line 4: The line is not valid JSON", rig.Output, StringComparison.Ordinal);
        Assert.Contains("and 5 more", rig.Output, StringComparison.Ordinal);
        Assert.Contains("say --skip-bad", rig.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Bad_rows_are_counted_and_skipped_when_that_is_asked_for()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        using var rig = new ReplayRig();
        var lines = ReplayRig.Simulate(3).Select(CloudEventJson.ToText).Append("{oops");
        var options = rig.Options(shop.Address, rig.Write(lines)) with { SkipBad = true };

        Assert.Equal(0, await rig.RunAsync(options, ct));

        Assert.Equal(3, shop.Arrived.Count);
        Assert.Contains("1 bad rows are skipped", rig.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Refused_events_are_told_and_end_the_replay_unless_skipped(
        bool skipBad, int exitCode)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        using var rig = new ReplayRig();
        var events = ReplayRig.Simulate(10);
        shop.Refuses = e => e.Id == events[7].Id;
        var options = rig.Options(shop.Address, rig.Write(events)) with { SkipBad = skipBad };

        Assert.Equal(exitCode, await rig.RunAsync(options, ct));

        Assert.Equal(9, shop.Arrived.Count);
        Assert.Contains($"refused {events[7].Id}: /time is refused.", rig.Output,
            StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(404, "status 404")]
    [InlineData(202, "is no StreamCommerce")]
    public async Task Something_else_at_the_address_is_told_at_once(int status, string told)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        shop.Fault = (_, context) =>
        {
            context.Response.StatusCode = status;
            return true;
        };
        using var rig = new ReplayRig();

        var e = await Assert.ThrowsAsync<CommandFailedException>(() => rig.RunAsync(
            rig.Options(shop.Address, rig.Write(ReplayRig.Simulate(10))), ct));

        Assert.Contains(told, e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_replay_changes_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var shop = await StubShop.StartAsync();
        using var rig = new ReplayRig();
        var options = rig.Options(shop.Address, rig.Write(ReplayRig.Simulate(1_000)));
        await rig.RunAsync(options, ct);

        Assert.Equal(0, await rig.RunAsync(options, ct));

        Assert.Equal(2_000, shop.Arrived.Count);
        Assert.Equal(1_000, shop.Totals.Events);
        Assert.Equal(3, rig.Output.Split(Exactly).Length);
    }
}
