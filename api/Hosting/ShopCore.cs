using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// All that keeps data: opened in this order (log and its lock, stores, engine's state) and
/// closed in the reverse one.
/// </summary>
public sealed class ShopCore : IAsyncDisposable
{
    private ShopCore(
        IEventLog log, ShopStores stores, CommerceEngine engine, PriceBooks prices,
        ExperimentBooks experiments, EmbeddedLogOptions? logOptions)
    {
        (Log, Stores, Engine, Prices, Experiments) = (log, stores, engine, prices, experiments);
        (Retention, RetentionBytes) = (logOptions?.RetentionTime, logOptions?.RetentionBytes);
    }

    public IEventLog Log { get; }

    /// <summary>What this machine keeps for a hub that does not take events; null where the log
    /// does.</summary>
    public SpillStatus? Spill => (Log as EventHubsEventLog)?.Spill;

    public ShopStores Stores { get; }

    public CommerceEngine Engine { get; }

    public PriceBooks Prices { get; }

    public ExperimentBooks Experiments { get; }

    /// <summary>What can be sold, in memory.</summary>
    public Shelf Shelf { get; private set; } = new(new(1));

    /// <summary>Events older than this are refused, and removed; null where none is, or where the
    /// hub removes them.</summary>
    public TimeSpan? Retention { get; }

    /// <summary>Bytes beyond which a partition's oldest events are removed; null where none are.
    /// </summary>
    public long? RetentionBytes { get; }

    /// <summary>Opens log and stores, and loads the engine's state.</summary>
    public static async Task<ShopCore> OpenAsync(
        ServiceSettings settings,
        IConfiguration configuration,
        ILoggerFactory loggers,
        CancellationToken ct)
    {
        // All settings first: a wrong one must not leave half a service behind.
        var (engineOptions, openStores) = (
            settings.ReadEngine(configuration), settings.ReadStorage(configuration));
        var log = await OpenLogAsync(settings, configuration, loggers, ct);
        var core = Open(settings, log.Log, log.Embedded, engineOptions, openStores, loggers);
        try
        {
            // Before anything is read, so that nothing is written unnoticed in between.
            if (core.Stores.Feed is { } feed) await feed.StartAsync(ct);
            core.Shelf = await Shelf.OpenAsync(core.Stores, core.Engine.Items, ct);
            await core.Engine.LoadAsync(ct);
            return core;
        }
        catch
        {
            await core.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the engine, completes accepted writes of stores and log, closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        Engine.Dispose();
        Prices.Dispose();
        Experiments.Dispose();
        await Stores.DisposeAsync();
        await Log.DisposeAsync();
    }

    /// <summary>Opens the log that is configured: the embedded one, with its options, or a hub.
    /// </summary>
    internal static async Task<(IEventLog Log, EmbeddedLogOptions? Embedded)> OpenLogAsync(
        ServiceSettings settings, IConfiguration configuration, ILoggerFactory loggers,
        CancellationToken ct)
    {
        var hub = ServiceSettings.HasHub(configuration) ? settings.ReadHub(configuration) : null;
        var embedded = hub is null ? settings.ReadLog(configuration) : null;
        try
        {
            return hub is null
                ? (EmbeddedEventLog.Open(embedded!, settings.Time), embedded)
                : (await EventHubsEventLog.OpenAsync(hub, settings.Time, loggers, ct), null);
        }
        catch (ArgumentException wrong)
        {
            var section = hub is null ? EmbeddedLogOptions.Section : EventHubsOptions.Section;
            throw new SettingsException($"Section {section}: {wrong.Message}", wrong);
        }
    }

    private static ShopCore Open(
        ServiceSettings settings,
        IEventLog log,
        EmbeddedLogOptions? logOptions,
        EngineOptions engineOptions,
        Func<ShopStores> openStores,
        ILoggerFactory loggers)
    {
        var opened = new Stack<IAsyncDisposable>();
        try
        {
            opened.Push(log);
            var stores = openStores();
            opened.Push(stores);
            var engine = new CommerceEngine(
                log, engineOptions, settings.Time, loggers.CreateLogger<CommerceEngine>());
            var prices = OpenPrices(settings, loggers);
            return new ShopCore(log, stores, engine, prices, OpenExperiments(settings, loggers),
                logOptions);
        }
        catch (ArgumentException wrong)
        {
            CloseAll(opened);
            throw new SettingsException($"Section Store: {wrong.Message}", wrong);
        }
        catch
        {
            CloseAll(opened);
            throw;
        }
    }

    private static PriceBooks OpenPrices(ServiceSettings settings, ILoggerFactory loggers)
    {
        try
        {
            return PriceBooks.Open(Path.Combine(settings.DataDirectory, PriceBooks.FileName),
                settings.Time, loggers.CreateLogger<PriceBooks>());
        }
        catch (InvalidDataException wrong)
        {
            // To start without it would be to sell without tax.
            throw new SettingsException(wrong.Message, wrong);
        }
    }

    private static ExperimentBooks OpenExperiments(
        ServiceSettings settings, ILoggerFactory loggers)
    {
        try
        {
            return ExperimentBooks.Open(
                Path.Combine(settings.DataDirectory, ExperimentBooks.FileName),
                settings.Time, loggers.CreateLogger<ExperimentBooks>());
        }
        catch (InvalidDataException wrong)
        {
            // To start without them would move every visitor to another arm.
            throw new SettingsException(wrong.Message, wrong);
        }
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage", "VSTHRD002", Justification = "Nothing runs yet that closing could wait for.")]
    private static void CloseAll(Stack<IAsyncDisposable> opened)
    {
        while (opened.TryPop(out var part)) part.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
