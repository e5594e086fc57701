using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Api.Insight;
using StreamCommerce.Engine.Products;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Api.Insight;

public sealed class StatsQueryTests
{
    [Fact(Timeout = 30_000)]
    public async Task An_answer_serves_for_a_second_unless_it_must_be_fresh()
    {
        var ct = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider();
        using var directory = new TemporaryDirectory();
        await using var log = new MemoryEventLog(1, time);
        await using var run = await EngineRun.StartAsync(log, EngineRun.Options(directory), ct);
        var query = new StatsQuery(run.Engine, new SalesSummary(run.Engine),
            new SessionSummary(run.Engine), new ProductSummary(run.Engine), time);
        Assert.Equal(0, query.Read(mustBeFresh: false).Handled);

        var events = new RandomShop(1).Events(30);
        await EngineRun.AppendAsync(log, events[..10], ct);
        await run.Engine.CatchUpAsync(ct);
        Assert.Equal(0, query.Read(mustBeFresh: false).Handled);
        Assert.Equal(10, query.Read(mustBeFresh: true).Handled);

        await EngineRun.AppendAsync(log, events[10..], ct);
        await run.Engine.CatchUpAsync(ct);
        Assert.Equal(10, query.Read(mustBeFresh: false).Handled);
        time.Advance(StatsQuery.Lifetime);
        Assert.Equal(30, query.Read(mustBeFresh: false).Handled);
    }
}
