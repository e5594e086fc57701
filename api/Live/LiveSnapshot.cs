using StreamCommerce.Api.Checkout;
using StreamCommerce.Api.Insight;
using StreamCommerce.Api.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;

namespace StreamCommerce.Api.Live;

/// <summary>Stock that changed.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Its title, where the catalogue knows it.</param>
/// <param name="Available">Units that can be promised.</param>
public sealed record StockNews(string ProductId, string? Title, long Available);

/// <summary>The shop at one moment, for a page that shows it live.</summary>
/// <param name="Time">When.</param>
/// <param name="Handled">Events that the engine has handled.</param>
/// <param name="EventsPerSecond">Handled since the snapshot before.</param>
/// <param name="Lag">Events in the log that are not handled yet.</param>
/// <param name="Events">Distinct events by name.</param>
/// <param name="Sessions">Sessions.</param>
/// <param name="Funnel">How far they come.</param>
/// <param name="Trending">The ten most wanted products.</param>
/// <param name="Orders">The ten newest orders.</param>
/// <param name="CartsActive">Carts with something in them that changed in the last half hour.
/// </param>
/// <param name="Stock">The ten products whose stock changed last.</param>
/// <param name="Recommendations">What recommendations come to.</param>
/// <param name="Simulated">Whether any event came from the simulator.</param>
public sealed record LiveSnapshot(
    DateTimeOffset Time,
    long Handled,
    double EventsPerSecond,
    long Lag,
    IReadOnlyDictionary<string, long> Events,
    SessionsView Sessions,
    IReadOnlyList<FunnelStepView> Funnel,
    IReadOnlyList<SuggestedProduct> Trending,
    IReadOnlyList<OrderView> Orders,
    int CartsActive,
    IReadOnlyList<StockNews> Stock,
    RecommendationReport Recommendations,
    bool Simulated);
