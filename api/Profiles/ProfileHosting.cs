using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Ingest.EventHubs;

namespace StreamCommerce.Api.Profiles;

/// <summary>Visitors' profiles outside of the engine, where there is a place for them.</summary>
internal static class ProfileHosting
{
    /// <summary>Adds them where the log is a hub and the stores are shared; else nothing.</summary>
    public static void AddProfiles(
        this IServiceCollection services, ProfileOptions options, EventHubsOptions? hub,
        SharedStores? stores)
    {
        if (hub is null || stores is null) return;
        services.AddSingleton(stores.Profiles);
        services.AddSingleton<IVisitorPlace>(stores.Letters);
        services.AddSingleton(provider => new StoredHistories(
            stores.Profiles, options.FindTimeout, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ProfileService(
            hub, options, stores, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ProfileService>>(),
            provider.GetRequiredService<ILogger<HubConsumer>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ProfileService>());
    }
}
