using StreamCommerce.Api.Checkout;
using StreamCommerce.Api.Insight;
using StreamCommerce.Api.Recommendations;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Funnels;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Engine.Trending;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;

namespace StreamCommerce.Api.Live;

/// <summary>Takes one snapshot after another; asked by one task only.</summary>
internal sealed class LiveQuery(
    CommerceEngine engine,
    SessionSummary sessions,
    LiveFunnel funnel,
    TrendingProducts trending,
    ProductSuggestions suggestions,
    IOrderStore orders,
    ShopChanges changes,
    RecommendationMetrics recommendations,
    TimeProvider time)
{
    private const int Newest = 10;

    private long _handled = -1;
    private long _takenAt;

    public async Task<LiveSnapshot> ReadAsync(CancellationToken ct)
    {
        var handled = engine.HandledEvents;
        var rate = RateSince(handled);
        var (events, simulated) = ReadEvents();
        var wanted = await suggestions.NameAsync(
            [.. trending.Read().Take(Newest).Select(product =>
                new SuggestedProduct(product.Sku.Value, null, product.Score))], ct);
        var placed = await orders.ListNewestAsync(new(Newest), ct);
        return new LiveSnapshot(
            time.GetUtcNow(),
            handled,
            rate,
            engine.Lag,
            events,
            SessionsView.Of(sessions.Read()),
            FunnelStepView.Of(funnel.Read(DateTimeOffset.MinValue)),
            wanted.Products,
            [.. placed.Select(OrderView.Of)],
            changes.ActiveCartCount,
            await ReadStockAsync(ct),
            recommendations.Read(),
            simulated);
    }

    private double RateSince(long handled)
    {
        var seconds = time.GetElapsedTime(_takenAt).TotalSeconds;
        var rate = _handled < 0 || seconds <= 0 ? 0 : (handled - _handled) / seconds;
        (_handled, _takenAt) = (handled, time.GetTimestamp());
        return Math.Round(rate, 1);
    }

    // Not SalesSummary: that walks every customer, which is too much once a second.
    private (Dictionary<string, long> Events, bool Simulated) ReadEvents()
    {
        var events = EventNames.All.ToDictionary(name => name.ToText(), _ => 0L);
        var simulated = false;
        engine.ReadEach<SalesProjection>((_, sales) =>
        {
            foreach (var name in EventNames.All) events[name.ToText()] += sales.EventsOf(name);
            simulated |= sales.Sources.ContainsKey(ShopperSimulator.Source);
        });
        return (events, simulated);
    }

    private async Task<IReadOnlyList<StockNews>> ReadStockAsync(CancellationToken ct)
    {
        // Some of the newest changes are of prices only.
        var changed = changes.ReadNewest(4 * Newest)
            .Where(change => change.Available is not null).Take(Newest).ToList();
        var named = await suggestions.NameAsync(
            [.. changed.Select(change => new SuggestedProduct(change.ProductId, null, 0))], ct);
        return [.. changed.Zip(named.Products, (change, product) =>
            new StockNews(change.ProductId, product.Title, change.Available!.Value))];
    }
}
