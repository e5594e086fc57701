using StreamCommerce.Api.Checkout;
using StreamCommerce.Api.Fraud;
using StreamCommerce.Api.Payments;
using StreamCommerce.Api.Profiles;
using StreamCommerce.Api.Recommendations;
using StreamCommerce.Api.Stock;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Funnels;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Engine.Products;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Engine.Trending;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// The whole service in this process: data, engine, background work and web server. For the verbs,
/// the tests and the benchmarks. It starts in the order data → engine's state → background work →
/// listening, and stops in the reverse one, so that no request meets a half-open shop.
/// </summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _stopped;

    private ServiceHost(WebApplication app, ShopCore core) => (_app, Core) = (app, core);

    /// <summary>Log, stores and engine.</summary>
    public ShopCore Core { get; }

    /// <summary>Where it listens; the first address where there are several.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>What the web server resolves its parts from.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Opens everything and listens.</summary>
    /// <exception cref="SettingsException">A setting is wrong; the message names it.</exception>
    /// <exception cref="IOException">The data is in use or damaged; the port is taken.</exception>
    public static async Task<ServiceHost> StartAsync(
        ServiceSettings settings, CancellationToken ct)
    {
        var builder = NewBuilder(settings);
        var apiOptions = ServiceSettings.ReadApi(builder.Configuration);
        var payments = ServiceSettings.ReadPayments(builder.Configuration);
        var fraud = ServiceSettings.ReadFraud(builder.Configuration);
        var models = settings.ReadModels(builder.Configuration);
        // Instances share profiles where they share both.
        var hub = ServiceSettings.HasHub(builder.Configuration)
            && ServiceSettings.HasCosmos(builder.Configuration)
            ? settings.ReadHub(builder.Configuration) : null;
        var profiles = ServiceSettings.ReadProfiles(builder.Configuration, hub);
        ShopCore core;
        using (var loggers = LoggerFactory.Create(logging => logging
            .AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole()))
        {
            core = await ShopCore.OpenAsync(settings, builder.Configuration, loggers, ct);
        }
        WebApplication? app = null;
        try
        {
            AddServices(builder.Services, settings, apiOptions, core);
            builder.Services.AddProfiles(profiles, hub, core.Stores.Shared);
            builder.Services.AddCheckout(settings);
            builder.Services.AddFraud(settings.DataDirectory, fraud);
            builder.Services.AddMerchandising(settings.DataDirectory);
            builder.Services.AddPayments(payments, settings.DataDirectory);
            builder.Services.AddModels(models, core.Stores, RecommendationHosting.Prepare);
            builder.Services.AddHostedService<NewcomerService>();
            builder.WebHost.ConfigureServer(settings, apiOptions);
            app = builder.Build();
            app.MapApi(core.Stores.HasSessions);
            await app.StartAsync(ct);
            return new ServiceHost(app, core);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            await core.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when something (Ctrl+C, SIGTERM) asks the service to stop.</summary>
    public async Task WaitForStopAsync(CancellationToken ct)
    {
        var lifetime = _app.Lifetime;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            ct, lifetime.ApplicationStopping);
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = either.Token.Register(stop.SetResult);
        await stop.Task;
    }

    /// <summary>
    /// Stops listening, lets requests finish, ends the background work with a last checkpoint,
    /// completes accepted writes, closes the files.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        try
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }
        finally
        {
            await Core.DisposeAsync();
        }
    }

    internal static WebApplicationBuilder NewBuilder(ServiceSettings settings)
    {
        settings.CheckSections();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // The page and appsettings.json are the program's, wherever it is started from.
            ApplicationName = typeof(ServiceHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            // Settings are read once. Watching their file for changes watches all folders below
            // it, and each write to data that is kept there would be looked at.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // It only tells when a request begins and ends, and for that makes an activity and a
        // logging scope a request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Configuration.AddInMemoryCollection(settings.Configuration);
        return builder;
    }

    private static void AddServices(
        IServiceCollection services, ServiceSettings settings, ApiOptions apiOptions, ShopCore core)
    {
        services.AddSingleton(settings.Time);
        services.AddSingleton(apiOptions);
        services.AddSingleton(core);
        services.AddSingleton(core.Engine);
        services.AddSingleton(core.Log);
        AddStores(services, core);
        AddQueries(services);
        services.AddApi(apiOptions, core);

        services.AddSingleton(new Health.WriteProbe(
            settings.DataDirectory, settings.Time));

        // The web server is added before these by the builder but started after them.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = apiOptions.ShutdownTimeout);
        services.AddSingleton<EngineService>();
        services.AddHostedService(provider => provider.GetRequiredService<EngineService>());
        services.AddSingleton<OutboxRelay>();
        services.AddHostedService<OutboxService>();
        services.AddHostedService<FeedService>();
        services.AddSingleton<Housekeeping>();
        services.AddHostedService<MaintenanceService>();
    }

    private static void AddStores(IServiceCollection services, ShopCore core)
    {
        services.AddSingleton(core.Stores.Changes);
        services.AddSingleton(core.Stores.Products);
        services.AddSingleton(core.Stores.Stock);
        services.AddSingleton(new OwnRegion(core.Stores.StockRegion));
        services.AddSingleton(core.Stores.StockKeeping);
        services.AddSingleton(core.Stores.Carts);
        services.AddSingleton(core.Stores.Orders);
        services.AddSingleton(core.Stores.Checkout);
        services.AddSingleton(core.Stores.Outbox);
        services.AddSingleton(core.Stores.Webhooks);
        services.AddSingleton(core.Stores.Coupons);
        services.AddSingleton(core.Prices);
        services.AddSingleton(core.Experiments);
        services.AddSingleton(core.Shelf);
        services.AddSingleton<CartDesk>();
        services.AddSingleton<IVisitorPlace, CartPlace>();
        services.AddSingleton(provider => new VisitorForgetting(
            core.Engine, core.Stores.Outbox, provider.GetServices<IVisitorPlace>(),
            core.Retention, core.RetentionBytes, provider.GetRequiredService<TimeProvider>(),
            provider.GetService<IProfileStore>()));
    }

    private static void AddQueries(IServiceCollection services)
    {
        services.AddSingleton<TrendingProducts>();
        services.AddRecommendations();
        services.AddSingleton<LiveFunnel>();
        services.AddSingleton<SalesSummary>();
        services.AddSingleton<SessionSummary>();
        services.AddSingleton<ProductSummary>();
    }
}
