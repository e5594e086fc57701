using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Timeouts;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Products;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Insight;

/// <summary>Counts of sessions.</summary>
/// <param name="Started">Distinct sessions.</param>
/// <param name="Ended">Those whose silence has lasted longer than the gap.</param>
/// <param name="Active">Those that have not ended.</param>
/// <param name="Merged">Joins of two sessions by an event that came late.</param>
public sealed record SessionsView(long Started, long Ended, long Active, long Merged)
{
    internal static SessionsView Of(SessionCounts counts) =>
        new(counts.Started, counts.Ended, counts.Active, counts.Merged);
}

/// <summary>Revenue of a month in one currency.</summary>
/// <param name="Month">As <c>2011-11</c>, in UTC.</param>
/// <param name="Purchased">Quantity × unit price of purchases.</param>
/// <param name="Refunded">Quantity × unit price of refunds, positive.</param>
public sealed record MonthRevenue(string Month, Money Purchased, Money Refunded);

/// <summary>Revenue of a region in one currency.</summary>
/// <param name="Region">The region; empty where events named none.</param>
/// <param name="Purchased">Quantity × unit price of purchases.</param>
/// <param name="Refunded">Quantity × unit price of refunds, positive.</param>
public sealed record RegionRevenue(string Region, Money Purchased, Money Refunded);

/// <summary>Sums over all events of the shop.</summary>
/// <param name="Events">Distinct events by name.</param>
/// <param name="Sources">Distinct events by source.</param>
/// <param name="Orders">Purchases, a long order's pieces counted once.</param>
/// <param name="Refunds">Refunds, a long refund's pieces counted once.</param>
/// <param name="Products">Different products that events named.</param>
/// <param name="Customers">Different customers.</param>
/// <param name="Visitors">Different visitors.</param>
/// <param name="IsExact">False where customers or visitors were too many to tell apart.</param>
/// <param name="Sessions">Sessions.</param>
/// <param name="RevenueByMonth">By currency and month.</param>
/// <param name="RevenueByRegion">By currency and region.</param>
/// <param name="Handled">Events read from the log, repetitions included.</param>
/// <param name="Repeated">Events that had been counted before.</param>
/// <param name="Late">Events that came too late for sessions and funnels.</param>
/// <param name="LateBySource">Those by source and name; the events are in the folder
/// <c>late</c> of the engine's.</param>
/// <param name="DeadLetters">Events that could not be handled.</param>
/// <param name="Lost">Events that retention removed before they were handled.</param>
/// <param name="Lag">Events in the log that are not handled yet.</param>
public sealed record StatsView(
    IReadOnlyDictionary<string, long> Events,
    IReadOnlyDictionary<string, long> Sources,
    long Orders,
    long Refunds,
    int Products,
    long Customers,
    long Visitors,
    bool IsExact,
    SessionsView Sessions,
    IReadOnlyList<MonthRevenue> RevenueByMonth,
    IReadOnlyList<RegionRevenue> RevenueByRegion,
    long Handled,
    long Repeated,
    long Late,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> LateBySource,
    long DeadLetters,
    long Lost,
    long Lag);

/// <summary><c>/v1/stats</c>: what can be compared with sums over the source files.</summary>
internal static class StatsEndpoints
{
    private const string PolicyName = "catch-up";

    public static void MapStats(this IEndpointRouteBuilder v1) => v1
        .MapGet("/stats", ReadAsync).WithName("stats").WithTags("Insight")
        .WithSummary("Sums up all events of the shop")
        .WithProblems(400, 503)
        .WithRequestTimeout(PolicyName);

    /// <summary>The request may take as long as catching up may.</summary>
    public static void AddStatsTimeout(this IServiceCollection services, ApiOptions options) =>
        services.Configure<RequestTimeoutOptions>(timeouts => timeouts.AddPolicy(
            PolicyName, options.CatchUpTimeout + options.RequestTimeout));

    private static async Task<Results<Ok<StatsView>, ProblemResult>> ReadAsync(
        [Description("Whether to wait first until all that is in the log now is counted.")]
        bool? wait,
        CommerceEngine engine, StatsQuery query, ApiOptions options, TimeProvider time,
        CancellationToken ct)
    {
        if (wait is true)
        {
            using var timeout = new CancellationTokenSource(options.CatchUpTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            try
            {
                await engine.CatchUpAsync(either.Token);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested)
            {
                return (ProblemResult)Problem.Unavailable(
                    $"The engine is still {engine.Lag} events behind; ask again.");
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // It will not catch up by itself; /readyz says the same.
                return (ProblemResult)Problem.Unavailable(
                    $"The engine has stopped: {fault.Message}");
            }
        }
        return TypedResults.Ok(query.Read(mustBeFresh: wait is true));
    }
}

/// <summary>
/// Adds up what the projections know. The sum walks every customer, so an answer serves all who
/// ask within <see cref="Lifetime"/>, and one caller at a time adds up. Any thread.
/// </summary>
internal sealed class StatsQuery(
    CommerceEngine engine, SalesSummary sales, SessionSummary sessions, ProductSummary products,
    TimeProvider time)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private StatsView? _answer;
    private long _answeredAt;

    /// <summary>The sums.</summary>
    /// <param name="mustBeFresh">Of this moment, whatever was answered before.</param>
    public StatsView Read(bool mustBeFresh)
    {
        lock (_gate)
        {
            if (!mustBeFresh && _answer is { } answer
                && time.GetElapsedTime(_answeredAt) < Lifetime) return answer;
            // Before the sums: an answer is as old as the oldest of its parts.
            _answeredAt = time.GetTimestamp();
            return _answer = Sum();
        }
    }

    private StatsView Sum()
    {
        var sums = sales.Read();
        long repeated = 0, late = 0;
        engine.ReadEach<SalesProjection>((graph, _) =>
        {
            repeated += graph.Deduplicator.Repeated;
            late += graph.Clock.LateEvents;
        });
        return new StatsView(
            sums.Events.ToDictionary(pair => pair.Key.ToText(), pair => pair.Value),
            sums.Sources,
            sums.Orders,
            sums.Refunds,
            products.CountDistinct(),
            sums.Customers,
            sums.Visitors,
            sums.IsExact,
            SessionsView.Of(sessions.Read()),
            [.. sums.Months.Select(row => new MonthRevenue(row.Key,
                new Money(row.Revenue.Purchased, row.Currency),
                new Money(row.Revenue.Refunded, row.Currency)))],
            [.. sums.Regions.Select(row => new RegionRevenue(row.Key,
                new Money(row.Revenue.Purchased, row.Currency),
                new Money(row.Revenue.Refunded, row.Currency)))],
            engine.HandledEvents,
            repeated,
            late,
            sums.Late.ToDictionary(
                pair => pair.Key,
                pair => (IReadOnlyDictionary<string, long>)pair.Value.ToDictionary(
                    count => count.Key.ToText(), count => count.Value)),
            engine.DeadLetters,
            engine.LostEvents,
            engine.Lag);
    }
}
