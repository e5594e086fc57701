using StreamCommerce.Api.Carts;
using StreamCommerce.Api.Checkout;
using StreamCommerce.Api.Events;
using StreamCommerce.Api.Fraud;
using StreamCommerce.Api.Health;
using StreamCommerce.Api.Insight;
using StreamCommerce.Api.Live;
using StreamCommerce.Api.Payments;
using StreamCommerce.Api.Pricing;
using StreamCommerce.Api.Problems;
using StreamCommerce.Api.Products;
using StreamCommerce.Api.Recommendations;
using StreamCommerce.Api.Stock;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Hosting;

/// <summary>The API's parts and its table of contents.</summary>
internal static class ApiComposition
{
    public static void AddApi(this IServiceCollection services, ApiOptions options, ShopCore core)
    {
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        // So that a request that cannot be bound reaches the one place that tells problems.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddTimeouts(options);
        services.AddStatsTimeout(options);
        services.AddApiDescription();

        services.AddSingleton(provider => new EventIntake(
            provider.GetRequiredService<IEventLog>(), core.Retention,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ProductSuggestions>();
        services.AddSingleton<StatsQuery>();
        services.AddSingleton<ShopChanges>();
        services.AddSingleton<LiveQuery>();
        services.AddSingleton(new SubscriberGate(options.SubscriberLimit));
        services.AddSingleton(new ChangesGate(new SubscriberGate(options.SubscriberLimit)));
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
    }

    /// <summary>
    /// Everything that is served. Anybody who reaches the port may call it: authentication comes
    /// with its own issue, and until then the default address is this machine's own.
    /// </summary>
    public static void MapApi(this WebApplication app, bool hasStoreSessions)
    {
        app.UseSecurityHeaders();
        if (hasStoreSessions)
            app.UseStoreSession(app.Services.GetRequiredService<TimeProvider>());
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRequestTimeouts();
        app.UsePages();

        app.MapHealth();
        app.MapApiDescription();
        var v1 = app.MapGroup("/v1");
        v1.MapEvents();
        v1.MapProducts();
        v1.MapStock();
        v1.MapStockPlaces();
        v1.MapReservations();
        v1.MapCarts();
        v1.MapPricing();
        v1.MapCheckout();
        v1.MapOrders();
        app.MapFraud(v1);
        v1.MapReviews();
        v1.MapPayments();
        v1.MapRecommendations();
        v1.MapRecommendationMetrics();
        v1.MapExperiments();
        app.MapMerchandising(v1);
        v1.MapModels();
        v1.MapFunnels();
        v1.MapVisitors();
        v1.MapStats();
        v1.MapLive();
    }
}
