using System.ComponentModel.DataAnnotations;
using StreamCommerce.Api.Profiles;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Sqlite;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Hosting;

/// <summary>What the service is started with, besides its configuration.</summary>
public sealed record ServiceSettings
{
    /// <summary>Folder of all data: <c>log</c>, <c>engine</c>, <c>models</c>, <c>shop.db</c>.
    /// </summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>Where to listen, separated by semicolons. The default is reachable from this
    /// machine only; authentication comes with its own issue.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5080";

    /// <summary>Keys, as <c>Engine:BatchLimit</c>, above all other configuration.</summary>
    public IReadOnlyDictionary<string, string?> Configuration { get; init; } =
        new Dictionary<string, string?>();

    /// <summary>The clock of everything.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    private const string StorageKey = "Storage";
    private const string CosmosSection = "Cosmos";

    // Logging, Kestrel and AllowedHosts are the web framework's own.
    private static readonly string[] Sections =
        [EmbeddedLogOptions.Section, EventHubsOptions.Section, "Engine", StorageKey, "Store",
        CosmosSection, ApiOptions.Section, PaymentOptions.Section, FraudLimits.Section,
        ModelOptions.Section, ProfileOptions.Section, "Logging", "Kestrel", "AllowedHosts"];

    /// <summary>Refuses given keys of a section that nobody reads: a typing error would be taken
    /// in silence.</summary>
    /// <exception cref="SettingsException">Names the key.</exception>
    internal void CheckSections()
    {
        foreach (var key in Configuration.Keys)
        {
            var section = key.Split(':')[0];
            if (!Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
            {
                throw new SettingsException($"{key}: there is no section '{section}'; there are " +
                    $"{string.Join(", ", Sections)}.");
            }
        }
    }

    internal EmbeddedLogOptions ReadLog(IConfiguration configuration) => Bind(
        configuration, EmbeddedLogOptions.Section,
        new EmbeddedLogOptions { Directory = Path.Combine(DataDirectory, "log") },
        options => options.Validate());

    internal EventHubsOptions ReadHub(IConfiguration configuration) => Bind(
        configuration, EventHubsOptions.Section,
        new EventHubsOptions { SpillDirectory = Path.Combine(DataDirectory, "spill") },
        options => options.Validate());

    /// <summary>Whether the log is an event hub: <c>Log=EventHubs</c>; by default it is
    /// <c>Embedded</c>.</summary>
    /// <exception cref="SettingsException">It is neither, or has settings of the other.
    /// </exception>
    internal static bool HasHub(IConfiguration configuration)
    {
        var section = configuration.GetSection(EmbeddedLogOptions.Section);
        if (section.Value is null or "" or "Embedded") return false;
        if (section.Value != EventHubsOptions.Section)
        {
            throw new SettingsException(
                $"{section.Path} is '{section.Value}'; it is Embedded or EventHubs.");
        }
        return section.GetChildren().FirstOrDefault() is { } stray
            ? throw new SettingsException($"{stray.Path} is for the embedded log; with " +
                $"{section.Path}={EventHubsOptions.Section} the hub says, or " +
                $"{EventHubsOptions.Section}:….")
            : true;
    }

    internal EngineOptions ReadEngine(IConfiguration configuration) => Bind(
        configuration, "Engine",
        new EngineOptions
        {
            Directory = Path.Combine(DataDirectory, "engine"),
            ForgottenFile = Path.Combine(DataDirectory, "forgotten.marks"),
        },
        options => Check("Engine:EventTime", options.EventTime));

    /// <summary>How the documents' store is opened: on this machine, or on Cosmos DB.</summary>
    internal Func<ShopStores> ReadStorage(IConfiguration configuration)
    {
        if (HasCosmos(configuration))
        {
            var cosmos = ReadCosmos(configuration);
            return () => CosmosShop.Open(cosmos, Time);
        }
        var sqlite = Bind(configuration, "Store",
            new SqliteShopOptions { Path = Path.Combine(DataDirectory, "shop.db") });
        return () => SqliteShop.Open(sqlite, Time);
    }

    /// <summary>Whether documents are kept on Cosmos DB: <c>Storage=Cosmos</c>; by default it is
    /// <c>Sqlite</c>.</summary>
    /// <exception cref="SettingsException">It is neither.</exception>
    internal static bool HasCosmos(IConfiguration configuration) =>
        configuration[StorageKey]?.ToLowerInvariant() switch
        {
            null or "" or "sqlite" => false,
            "cosmos" => true,
            _ => throw new SettingsException($"{StorageKey}: must be Sqlite or Cosmos, not " +
                $"'{configuration[StorageKey]}'."),
        };

    internal static CosmosOptions ReadCosmos(IConfiguration configuration) =>
        Bind(configuration, CosmosSection, new CosmosOptions(), options => options.Check());

    internal ModelOptions ReadModels(IConfiguration configuration) => Bind(
        configuration, ModelOptions.Section,
        new ModelOptions
        {
            Directory = Path.Combine(DataDirectory, "models"),
            CopyDirectory = Path.Combine(DataDirectory, "serving"),
        });

    /// <summary>How profiles are kept.</summary>
    /// <param name="configuration">What is configured.</param>
    /// <param name="hub">The hub that they are made of; null where they are not shared.</param>
    internal static ProfileOptions ReadProfiles(
        IConfiguration configuration, EventHubsOptions? hub) => Bind(
        configuration, ProfileOptions.Section, new ProfileOptions(),
        options => options.Check(hub));

    internal static PaymentOptions ReadPayments(IConfiguration configuration) => Bind(
        configuration, PaymentOptions.Section, new PaymentOptions());

    internal static FraudLimits ReadFraud(IConfiguration configuration) =>
        Bind(configuration, FraudLimits.Section, new FraudLimits());

    internal static ApiOptions ReadApi(IConfiguration configuration) =>
        Bind(configuration, ApiOptions.Section, new ApiOptions());

    private static T Bind<T>(
        IConfiguration configuration, string section, T options, Action<T>? check = null)
        where T : class
    {
        try
        {
            // An unknown key is a typing error, and its default would be taken in silence.
            configuration.GetSection(section).Bind(
                options, binder => binder.ErrorOnUnknownConfiguration = true);
            Check(section, options);
            check?.Invoke(options);
            return options;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new SettingsException($"Section {section}: {e.Message}", e);
        }
    }

    private static void Check(string section, object options)
    {
        var wrong = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new(options), wrong, validateAllProperties: true))
            return;
        throw new SettingsException(string.Join(Environment.NewLine, wrong.Select(result =>
            $"{section}:{result.MemberNames.FirstOrDefault()}: {result.ErrorMessage}")));
    }
}

/// <summary>A setting is wrong; the message names its key.</summary>
public sealed class SettingsException(string message, Exception? inner = null)
    : Exception(message, inner);
